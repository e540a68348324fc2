import { HttpError } from './http.ts'

type Input = Record<string, unknown>

export interface NewBook {
  title: string
  pages: number
  readPages?: number
  fiction: boolean
}

/** A book from what a client sent. @throws 400 that names the field */
export function newBook(input: Input): NewBook {
  const { title, pages, fiction, ...rest } = bookFields(input)
  if (title === undefined || pages === undefined) throw new HttpError(400, 'A book needs a title and pages.')
  return { ...rest, title, pages, fiction: fiction ?? false }
}

/** What a client wants changed. @throws 400 that names the field */
export function bookChanges(input: Input): Partial<NewBook> {
  const changes = bookFields(input)
  if (Object.keys(changes).length > 0) return changes
  throw new HttpError(400, 'Change at least one of title, pages, readPages, fiction.')
}

function bookFields({ title, pages, readPages, fiction }: Input): Partial<NewBook> {
  return {
    ...(title === undefined ? {} : { title: checked('title', title, isTitle, 'some text') }),
    ...(pages === undefined ? {} : { pages: checked('pages', pages, isCount, 'a whole number from 0') }),
    ...(readPages === undefined
      ? {}
      : { readPages: checked('readPages', readPages, isCount, 'a whole number from 0') }),
    ...(fiction === undefined ? {} : { fiction: checked('fiction', fiction, isBoolean, 'true or false') }),
  }
}

function checked<T>(field: string, value: unknown, fits: (value: unknown) => value is T, wanted: string): T {
  if (fits(value)) return value
  throw new HttpError(400, `${field} must be ${wanted}.`)
}

const isTitle = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
