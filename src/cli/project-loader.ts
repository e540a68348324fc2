/** Begins the program anew with the project's own loader; to come. */
export async function runWithLoader(_file: string, _error: unknown, _env: NodeJS.ProcessEnv): Promise<void> {}
