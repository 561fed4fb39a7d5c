// Owns: whether somebody is writing, so that nothing is put under his hands.

const fields = 'textarea, select, [contenteditable], input:not([type=range]):not([type=checkbox]):not([type=radio]):not([type=button])'

/** He has a text field under the keyboard, or has begun a text beside the picture that is not sent. */
export function isWriting(side: Element | null): boolean {
  const active = side?.ownerDocument.activeElement
  if (active?.matches(fields) === true) return true
  const drafts = side?.querySelectorAll<HTMLTextAreaElement>('[data-front="true"] textarea') ?? []
  return [...drafts].some(({ value }) => value.trim() !== '')
}
