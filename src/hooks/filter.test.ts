import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toJson } from '../core/json.ts'
import { checkFilter, type Filter, parseData, readFilter, sameFilter } from './filter.ts'
import { FILTER_BOUNDS } from './filter-operators.ts'

const accepts = (filter: unknown, data: unknown) =>
  checkFilter(filter).accepts(parseData(toJson(data, 'data')))

describe('a filter lets through', () => {
  const book = {
    title: 'The Hobbit',
    pages: 310,
    fiction: true,
    isbn: null,
    author: { name: 'Tolkien' },
    tags: ['a'],
  }
  it.each<[Filter, boolean]>([
    [{ pages: 310 }, true],
    [{ pages: '310' }, false],
    [{ pages: { $gt: 300, $lt: 310 } }, false],
    [{ pages: { $gte: 310, $lte: 310 } }, true],
    [{ title: { $gt: 300 } }, false],
    [{ title: { $lt: 'a' } }, true],
    [{ fiction: true, isbn: null }, true],
    [{ missing: null }, false],
    [{ missing: { $ne: 1 } }, true],
    [{ missing: { $nin: [1] } }, true],
    [{ missing: { $in: [1, null] } }, false],
    [{ missing: { $exists: false }, isbn: { $exists: true } }, true],
    [{ 'author.name': { $startsWith: 'Tol' } }, true],
    [{ pages: { $startsWith: '3' } }, false],
    [{ 'tags.0': 'a' }, true],
    [{ 'tags.length': { $exists: true } }, false],
    [{ 'title.length': { $exists: true } }, false],
    [{ $or: [{ pages: 1 }, { pages: { $in: [2, 310] } }] }, true],
    [{ $and: [{ pages: 310 }, { pages: 1 }] }, false],
    [{ $not: { pages: 310 } }, false],
    [{ pages: { $not: { $gt: 400 } } }, true],
    [{ pages: 310, $or: [{ pages: 1 }] }, false],
  ])('%j: %s', (filter, expected) => {
    expect(accepts(filter, book)).toBe(expected)
  })

  it('nothing of a prototype, and what is of that name in the data', () => {
    for (const path of ['__proto__', 'constructor', 'toString', 'constructor.name', '__proto__.toString']) {
      expect(accepts({ [path]: { $exists: true } }, {})).toBe(false)
    }
    const hostile = JSON.parse('{"__proto__":{"polluted":1}}') as object
    expect(accepts({ '__proto__.polluted': 1 }, hostile)).toBe(true)
    const filter = JSON.parse('{"__proto__":{"$exists":true}}') as object
    expect(accepts(filter, {})).toBe(false)
    expect(accepts(filter, hostile)).toBe(true)
  })

  it('integers by all their digits', () => {
    const filter = { id: 9007199254740993n }
    expect(accepts(filter, { id: 9007199254740993n })).toBe(true)
    expect(accepts(filter, { id: 9007199254740992n })).toBe(false)
    expect(readFilter(checkFilter(filter).json)?.(parseData('{"id":9007199254740993}'))).toBe(true)
    expect(accepts({ id: { $gt: 1.5 } }, { id: 9007199254740993n })).toBe(true)
  })

  it('whatever the data is, also none that has fields', () => {
    for (const data of [null, 5, 'text', [], true]) {
      expect(accepts({ pages: 1 }, data)).toBe(false)
      expect(accepts({ pages: { $ne: 1 } }, data)).toBe(true)
    }
    const deep = `${'['.repeat(50_000)}1234567890123456${']'.repeat(50_000)}`
    expect(checkFilter({ '0': { $exists: true } }).accepts(parseData(deep))).toBe(true)
  })
})

describe('a filter is refused, with its place,', () => {
  const nested = (depth: number): Filter => (depth === 0 ? { a: 1 } : { $not: nested(depth - 1) })
  it.each<[string, unknown]>([
    ['filter', 'pages > 3'],
    ['filter', []],
    ['filter', {}],
    ['filter', new Map()],
    ['filter.pages', { pages: {} }],
    ['filter.pages', { pages: [1] }],
    ['filter.pages', { pages: undefined }],
    ['filter.pages', { pages: Number.NaN }],
    ['filter.pages', { pages: 2 ** 60 }],
    ['filter.pages', { pages: new Date() }],
    ['filter.pages.$gt', { pages: { $gt: null } }],
    ['filter.pages.$gt', { pages: { $gt: { a: 1 } } }],
    ['filter.pages.$regex', { pages: { $regex: 'a' } }],
    ['filter.pages.toString', { pages: { toString: 1 } }],
    ['filter.author.name', { author: { name: 'Tolkien' } }],
    ['filter.$where', { $where: 'true' }],
    ['filter.a..b', { 'a..b': 1 }],
    ['filter.', { '': 1 }],
    ['filter.pages.$in', { pages: { $in: [] } }],
    ['filter.pages.$in[1]', { pages: { $in: [1, [2]] } }],
    ['filter.pages.$exists', { pages: { $exists: 1 } }],
    ['filter.title.$startsWith', { title: { $startsWith: 1 } }],
    ['filter.$or', { $or: [] }],
    ['filter.$or[0].pages.$gt', { $or: [{ pages: { $gt: true } }] }],
    ['filter.$not', { $not: [] }],
    [`filter${'.$not'.repeat(FILTER_BOUNDS.depth)}`, nested(1_000)],
    ['filter', { $or: Array.from({ length: FILTER_BOUNDS.conditions + 1 }, () => ({ a: 1 })) }],
    ['filter', { a: 'x'.repeat(FILTER_BOUNDS.bytes) }],
  ])('%s', (field, filter) => {
    expect(() => checkFilter(filter)).toThrow(expect.objectContaining({ code: 'hook_invalid', field }))
  })

  it('and what cannot be read is no filter', () => {
    expect([readFilter('{'), readFilter('{"a":{"$regex":"x"}}'), readFilter('null')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})

it('says the same in another order', () => {
  expect(sameFilter('{"a":1,"b":{"$gt":1,"$lt":2}}', '{"b":{"$lt":2,"$gt":1},"a":1}')).toBe(true)
  expect(sameFilter('{"a":1}', '{"a":2}')).toBe(false)
  expect(sameFilter('{"a":9007199254740993}', '{"a":9007199254740992}')).toBe(false)
})

/** The rules of the guide, word by word and as slow as they read. */
function oracle(filter: Record<string, unknown>, data: unknown): boolean {
  return Object.entries(filter).every(([name, value]) => {
    if (name === '$and') return (value as Record<string, unknown>[]).every((part) => oracle(part, data))
    if (name === '$or') return (value as Record<string, unknown>[]).some((part) => oracle(part, data))
    if (name === '$not') return !oracle(value as Record<string, unknown>, data)
    let found: unknown = data
    for (const step of name.split('.')) {
      const own = JSON.parse(JSON.stringify(found ?? null)) as unknown
      const keys = typeof own === 'object' && own !== null ? Object.keys(own) : []
      found = keys.includes(step) ? (own as Record<string, unknown>)[step] : undefined
    }
    const bare = typeof value !== 'object' || value === null
    return meets(found, bare ? { $eq: value } : (value as Record<string, unknown>))
  })
}

function meets(found: unknown, wanted: Record<string, unknown>): boolean {
  return Object.entries(wanted).every(([operator, value]) => {
    const alike = typeof found === typeof value && (typeof value === 'number' || typeof value === 'string')
    const [a, b] = [found as number, value as number]
    switch (operator) {
      case '$eq':
        return found === value
      case '$ne':
        return found !== value
      case '$gt':
        return alike && a > b
      case '$gte':
        return alike && a >= b
      case '$lt':
        return alike && a < b
      case '$lte':
        return alike && a <= b
      case '$in':
        return (value as unknown[]).includes(found)
      case '$nin':
        return !(value as unknown[]).includes(found)
      case '$exists':
        return value === (found !== undefined)
      case '$startsWith':
        return typeof found === 'string' && found.slice(0, (value as string).length) === value
      default:
        return !meets(found, value as Record<string, unknown>)
    }
  })
}

it('agrees with its rules, for any filter and any data', () => {
  // Few names and values, so that they meet.
  const value = fc.constantFrom<unknown>(
    0,
    1,
    2.5,
    -1,
    '',
    'a',
    'ab',
    'b',
    '\u{1F600}',
    '\uFFFF',
    true,
    false,
    null,
  )
  const ordered = value.filter((one) => typeof one === 'number' || typeof one === 'string')
  const list = fc.array(value, { minLength: 1, maxLength: 3 })
  const name = fc.constantFrom('a', 'b', 'a.b', 'a.0', 'b.a.b', '__proto__', 'constructor', 'length')
  const { filter } = fc.letrec<{ operators: object; filter: object }>((tie) => ({
    operators: fc
      .array(
        fc.oneof(
          // With what is around it, fewer levels than a filter may have.
          { maxDepth: 2 },
          fc.record({ $eq: value }),
          fc.record({ $ne: value }),
          fc.record({ $gt: ordered }),
          fc.record({ $gte: ordered }),
          fc.record({ $lt: ordered }),
          fc.record({ $lte: ordered }),
          fc.record({ $in: list }),
          fc.record({ $nin: list }),
          fc.record({ $exists: fc.boolean() }),
          fc.record({ $startsWith: fc.constantFrom('', 'a', 'ab') }),
          fc.record({ $not: tie('operators') }),
        ),
        { minLength: 1, maxLength: 2 },
      )
      .map((parts) => Object.assign({}, ...parts) as object),
    filter: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.dictionary(name, fc.oneof(value, tie('operators')), { minKeys: 1, maxKeys: 2 }),
      fc.record(
        {
          $and: fc.array(tie('filter'), { minLength: 1, maxLength: 2 }),
          $or: fc.array(tie('filter'), { minLength: 1, maxLength: 2 }),
          $not: tie('filter'),
        },
        { requiredKeys: ['$or'] },
      ),
    ),
  }))
  const { data } = fc.letrec<{ data: unknown }>((tie) => ({
    data: fc.oneof(
      { maxDepth: 3 },
      value,
      fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'constructor'), tie('data')),
      fc.array(tie('data'), { maxLength: 2 }),
    ),
  }))
  fc.assert(
    fc.property(filter, data, (one, event) => {
      const written = parseData(toJson(event, 'data'))
      fc.pre(JSON.stringify(one).split(':').length < FILTER_BOUNDS.conditions)
      const { json, accepts: decide } = checkFilter(one)
      expect(decide(written)).toBe(oracle(one as Record<string, unknown>, written))
      expect(readFilter(json)?.(written)).toBe(decide(written))
    }),
    { numRuns: 3_000 },
  )
})
