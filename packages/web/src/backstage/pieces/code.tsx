// Owns: a block of code or commands that is read and copied.
import { CopyButton } from './copy.tsx'

/** @param props.what  names it to the copy button: "commands" */
export function Code({ text, what }: { text: string; what: string }) {
  return (
    <div className="code-block">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by keyboard */}
      <section className="code-text" aria-label={what} tabIndex={0}>
        <pre className="mono">{text}</pre>
      </section>
      <div className="code-copy">
        <CopyButton value={text} what={what} size="sm" />
      </div>
    </div>
  )
}
