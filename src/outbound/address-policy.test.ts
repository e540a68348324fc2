import { describe, expect, it } from 'vitest'
import { createAddressPolicy } from './address-policy.ts'

const policy = createAddressPolicy()

describe('without options', () => {
  it.each([
    '0.0.0.0',
    '10.255.255.255',
    '100.64.0.0',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.0',
    '172.31.255.255',
    '192.0.0.8',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.0.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.7',
    '203.0.113.7',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '168.63.129.16',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::FFFF:10.0.0.1',
    '64:ff9b::10.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::5db8:d822',
    '100::1',
    '1fff:ffff::1',
    '2001::1',
    '2001:1ff::1',
    '2001:db8::1',
    '2002:5db8:d822::1',
    '3fff::1',
    '3fff:fff::1',
    '4000::1',
    '5f00::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
  ])('refuses %s', (address) => {
    expect(policy.refuseAddress(address)).toMatch(/^is (?:in|outside) \S+\/\d+/)
  })

  it.each([
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '93.184.216.34',
    '100.63.255.255',
    '100.128.0.0',
    '168.63.129.15',
    '172.15.255.255',
    '172.32.0.1',
    '192.0.1.0',
    '192.167.255.255',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '2000::1',
    '2001:200::1',
    '2001:4860:4860::8888',
    '2606:2800:220:1::1',
    '2a00:1450::1',
    '3ffe::1',
    '3fff:1000::1',
    '::ffff:93.184.216.34',
    '64:ff9b::5db8:d822',
  ])('lets %s pass', (address) => {
    expect(policy.refuseAddress(address)).toBeUndefined()
  })

  it.each(['', 'example.com', '0x7f000001', '127.1', '2130706433', '127.0.0.1:80', '[::1]'])(
    'refuses %j, which is no address',
    (text) => {
      expect(policy.refuseAddress(text)).toBe('is no address')
    },
  )

  it('names the range and what lives there', () => {
    expect(policy.refuseAddress('::ffff:169.254.169.254')).toBe(
      'is in 169.254.0.0/16 (link-local, with the metadata services of clouds)',
    )
  })
})

describe('allow', () => {
  it('opens a range of addresses and nothing beside it', () => {
    const open = createAddressPolicy({ allow: ['127.0.0.1/32', '10.1.0.0/16', 'fd00::/8'] })
    for (const address of ['127.0.0.1', '::ffff:127.0.0.1', '10.1.2.3', 'fd12::1']) {
      expect(open.refuseAddress(address)).toBeUndefined()
    }
    for (const address of ['127.0.0.2', '10.2.0.1', 'fc00::1', '::1']) {
      expect(open.refuseAddress(address)).toBeDefined()
    }
  })

  it('opens a single address', () => {
    expect(createAddressPolicy({ allow: ['10.0.0.5'] }).refuseAddress('10.0.0.5')).toBeUndefined()
    expect(createAddressPolicy({ allow: ['::1'] }).refuseHost('[::1]')).toBeUndefined()
  })

  it('opens a host name, and whatever it resolves to', () => {
    const open = createAddressPolicy({
      allow: ['redis', 'App.Internal', '*.svc.cluster.local', 'münchen.local'],
    })
    for (const host of [
      'redis',
      'app.internal',
      'app.internal.',
      'a.b.svc.cluster.local',
      'xn--mnchen-3ya.local',
    ]) {
      expect(open.refuseHost(host)).toBeUndefined()
    }
    for (const host of ['postgres', 'x.app.internal', 'svc.cluster.local']) {
      expect(open.refuseHost(host)).toBeDefined()
    }
    expect(open.refuseAddress('10.0.0.5', 'redis')).toBeUndefined()
    expect(open.refuseAddress('10.0.0.5', 'example.com')).toBeDefined()
    expect(open.refuseAddress('10.0.0.5')).toBeDefined()
  })

  it('does not open names by a range: where a name leads is not known yet', () => {
    expect(createAddressPolicy({ allow: ['10.0.0.0/8'] }).refuseHost('redis')).toMatch(/without a dot/)
  })

  it.each(['127.0.0.1/32', '::1/128', '127.0.0.0/8', 'localhost'])(
    'opens localhost by %s, because it stands for the loopback addresses',
    (entry) => {
      expect(createAddressPolicy({ allow: [entry] }).refuseHost('localhost')).toBeUndefined()
      expect(createAddressPolicy({ allow: ['127.0.0.2/32'] }).refuseHost('localhost')).toBeDefined()
    },
  )
})

describe('deny', () => {
  const closed = createAddressPolicy({
    allow: ['127.0.0.0/8', '10.0.0.0/8', 'redis', 'api.sender.example'],
    deny: ['161.26.0.0/16', '10.0.0.5', '127.0.0.1', '2606:2800::/32', 'api.sender.example', '*.own.example'],
  })

  it('refuses addresses that are public or allowed', () => {
    for (const address of ['161.26.0.10', '10.0.0.5', '127.0.0.1', '::ffff:10.0.0.5', '2606:2800:220:1::1']) {
      expect(closed.refuseAddress(address)).toMatch(/`deny` lists/)
    }
    expect(closed.refuseAddress('10.0.0.5', 'redis')).toMatch(/`deny` lists/)
    expect(closed.refuseAddress('10.0.0.6')).toBeUndefined()
  })

  it('refuses host names, allowed ones too', () => {
    for (const host of ['api.sender.example', 'api.sender.example.', 'www.own.example', 'a.b.own.example']) {
      expect(closed.refuseHost(host)).toBe('is a host that `deny` lists')
    }
    expect(closed.refuseHost('sender.example')).toBeUndefined()
    expect(closed.refuseHost('own.example')).toBeUndefined()
  })
})

describe('entries', () => {
  it.each([
    '10.0.0.0/33',
    '10.0.0/8',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0.0/08x',
    '127.1',
    '0x7f000001',
    'fe80::1%eth0',
    '::/129',
    '::ffff:127.0.0.1',
    '::ffff:0:0/96',
    'http://example.com',
    'example.com:80',
    'example.com/x',
    'user@example.com',
    'a..b',
    '-a.example',
    '*',
    '*.',
    'a.*.b',
    'exa mple.com',
    '',
    7,
    null,
  ])('refuses %j and names it', (entry) => {
    for (const field of ['allow', 'deny'] as const) {
      expect(() => createAddressPolicy({ [field]: ['example.com', entry as string] })).toThrow(
        expect.objectContaining({ code: 'option_invalid', field: `${field}[1]` }),
      )
    }
  })

  it('shows the entry and how one is written', () => {
    expect(() => createAddressPolicy({ allow: ['127.0.0.1/33'] })).toThrow(
      /got "127\.0\.0\.1\/33".*'127\.0\.0\.1\/32'/,
    )
  })

  it('refuses what is no list', () => {
    expect(() => createAddressPolicy({ allow: '127.0.0.1' as never })).toThrow(
      expect.objectContaining({ code: 'option_invalid', field: 'allow' }),
    )
  })
})
