// Owns: the signing examples as Backstage shows them: the files of examples/sign, filled in.
import list from '../../../../../examples/sign/snippets.json' with { type: 'json' }

const files = import.meta.glob<string>('../../../../../examples/sign/*', { query: '?raw', import: 'default', eager: true })

export type Snippet = { id: string; title: string; file: string; install: string | null; run: string; code: string }

/** What the files name where each organization has its own. */
export type SnippetFacts = { organizationId: string; kid: string; programId: string | undefined }

function codeOf(file: string): string {
  const path = Object.keys(files).find((each) => each.endsWith(`/${file}`))
  return (path === undefined ? undefined : files[path]) ?? ''
}

/** All examples, in the order of their list. A program's place holder stays where no program is chosen. */
export function filledSnippets({ organizationId, kid, programId }: SnippetFacts): Snippet[] {
  const values: Readonly<Record<string, string | undefined>> = { ORGANIZATION_ID: organizationId, KID: kid, PROGRAM_ID: programId }
  return list.map(({ id, title, file, install, run }) => ({
    id,
    title,
    file,
    install,
    run,
    code: codeOf(file).replace(/(?<=['"])(ORGANIZATION_ID|KID|PROGRAM_ID)(?=['"])/g, (name) => values[name] ?? name),
  }))
}
