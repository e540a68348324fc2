/** What scripts/build-ui.ts makes of ui/; git does not keep it. */
export const version: string
export const entry: { readonly js: string; readonly css: string }
export const files: Readonly<Record<string, { readonly type: string; readonly text: string }>>
