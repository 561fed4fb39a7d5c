// Owns: which token a player gets: its own, its program's, or none.

/** Where a token says that it leads; it proves nothing here, and the platform judges. */
export function programsOf(token: string): string[] {
  try {
    const payload = token.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? ''
    const { roles } = JSON.parse(atob(payload)) as { roles: { eventId: unknown }[] }
    return [...new Set(roles.map(({ eventId }) => eventId))].filter((id) => typeof id === 'string')
  } catch {
    return []
  }
}

export function createTokens() {
  const byProgram = new Map<string, string>()
  let latest: string | undefined

  return {
    /** Keeps a token for `programId`, else for the programs that it names itself. */
    set({ token, programId }: { token: string; programId?: string | undefined }): void {
      latest = token
      for (const program of programId === undefined ? programsOf(token) : [programId]) byProgram.set(program, token)
    },
    of: (programId: string): string | undefined => byProgram.get(programId),
    /** The last one set, whatever it is for: better refused in words than not tried. */
    latest: (): string | undefined => latest,
    /** The only program that the last token names. */
    onlyProgram(): string | undefined {
      const programs = latest === undefined ? [] : programsOf(latest)
      return programs.length === 1 ? programs[0] : undefined
    },
  }
}
