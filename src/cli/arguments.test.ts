import { describe, expect, it } from 'vitest'
import { parseCommandLine } from './arguments.ts'
import type { Command } from './command.ts'

const command = (name: string, rest: Partial<Command> = {}): Command => ({
  name,
  summary: '',
  usage: `hookwright ${name}`,
  examples: [],
  options: {},
  run: async () => 0,
  ...rest,
})
const commands = [
  command('hooks list', {
    options: {
      owner: { type: 'string', placeholder: '<id>', help: '' },
      event: { type: 'string', multiple: true, help: '' },
      yes: { type: 'boolean', short: 'y', help: '' },
    },
  }),
  command('hooks delete', { positionals: [{ name: 'id', help: 'Hooks', required: true, many: true }] }),
  command('send', {
    positionals: [
      { name: 'event', help: 'Its name', required: true },
      { name: 'payload', help: 'JSON' },
    ],
  }),
]
const parse = (...args: string[]) => parseCommandLine(args, commands)

describe('the command line', () => {
  it('has the words of a command, its options and its positionals, in any order', () => {
    expect(parse('hooks', 'list', '--owner', '1', '--event=a', '-y', '--event', 'b')).toMatchObject({
      command: { name: 'hooks list' },
      values: { owner: '1', event: ['a', 'b'], yes: true },
      positionals: [],
    })
    expect(parse('hooks', 'delete', '1', '--json', '2')).toMatchObject({
      positionals: ['1', '2'],
      values: { json: true },
    })
  })

  it('takes options of every command also before and between its words', () => {
    expect(parse('--hooks', 'a.ts', 'hooks', '--json', 'list', '--owner', '1')).toMatchObject({
      command: { name: 'hooks list' },
      values: { hooks: 'a.ts', json: true, owner: '1' },
    })
  })

  it('takes everything after -- as it is', () => {
    expect(parse('send', '--', '-event', '--json')).toMatchObject({
      positionals: ['-event', '--json'],
      values: {},
    })
  })

  it('knows the words that several commands begin with', () => {
    expect(parse('hooks')).toMatchObject({ command: undefined, words: ['hooks'] })
    expect(parse()).toMatchObject({ command: undefined, words: [] })
  })

  it.each([
    [['hooks', 'lst'], 'There is no command "hooks lst". Did you mean `hookwright hooks list`?'],
    [['hook', 'list'], 'There is no command "hook list". Did you mean `hookwright hooks list`?'],
    [['sedn', 'a'], 'There is no command "sedn a". Did you mean `hookwright send`?'],
    [['toString'], 'There is no command "toString". See `hookwright help`.'],
    [['hooks', 'list', '--ownr', '1'], 'hooks list: there is no option --ownr. Did you mean --owner?'],
    [['hooks', 'list', '--constructor'], 'hooks list: there is no option --constructor.'],
    [['hooks', 'list', '-x'], 'hooks list: there is no option -x.'],
    [['hooks', 'list', '--owner'], '--owner wants a value: --owner=<id>'],
    [['hooks', 'list', '--owner', '--json'], '--owner wants a value: --owner=<id>'],
    [['hooks', 'list', '--owner', '1', '--owner', '2'], '--owner was given twice.'],
    [['hooks', 'list', '--yes=no'], '--yes takes no value (got "no").'],
    [['hooks', 'list', '7'], 'hooks list: "7" is one too many.'],
    [['send'], 'send: <event> is missing: Its name.'],
    [['send', 'a', 'b', 'c'], 'send: "c" is one too many.'],
  ])('refuses %j, and says what is wrong', (args, message) => {
    expect(() => parse(...args)).toThrow(message)
  })

  it('wants no positional of who asks for help', () => {
    expect(parse('send', '--help')).toMatchObject({ command: { name: 'send' }, values: { help: true } })
  })
})
