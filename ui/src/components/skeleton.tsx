/** Stands where text will, as high as that. */
export function Bone({ width = '8ch' }: { width?: string }) {
  return <span className="bone" style={{ width }} aria-hidden="true" />
}

/** Rows of a table that is being loaded. */
export function SkeletonRows({ columns, rows = 6 }: { columns: readonly string[]; rows?: number }) {
  return Array.from({ length: rows }, (_, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
    <tr key={row}>
      {columns.map((className, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: likewise
        <td key={column} className={className}>
          <Bone width={`${[14, 9, 11, 7][(row + column) % 4]}ch`} />
        </td>
      ))}
    </tr>
  ))
}
