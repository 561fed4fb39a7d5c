// Owns: words in the place of the picture, or over it.

/** `over`: the last picture shines through. `calm`: something is awaited, shown by a slow line. */
export function Notice({ title, hint, over = false, calm = false }: { title: string; hint: string; over?: boolean; calm?: boolean }) {
  return (
    <div className="notice" aria-live="polite" data-over={over}>
      <p className="notice-title">{title}</p>
      <p className="notice-hint">{hint}</p>
      {calm && <span className="notice-line" aria-hidden="true" />}
    </div>
  )
}
