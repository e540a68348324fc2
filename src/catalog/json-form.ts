/**
 * What arrives of a value that is sent as JSON: dates are text, bigints numbers, and whatever has `toJSON` is what that
 * gives. What JSON cannot hold is `never`: `toJson` of core refuses it.
 *
 * @example
 * ```ts
 * type Sent = JsonForm<{ at: Date; id: bigint }> // { at: string; id: number }
 * ```
 */
export type JsonForm<Value> = unknown extends Value
  ? Value
  : Value extends string | number | boolean | null | undefined
    ? Value
    : Value extends bigint
      ? number
      : Value extends { toJSON(): infer Given }
        ? JsonForm<Given>
        : Value extends symbol | ((...args: never[]) => unknown)
          ? never
          : { [Key in keyof Value]: JsonForm<Value[Key]> }
