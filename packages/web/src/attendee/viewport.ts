// Owns: how high the page is while an on-screen keyboard covers a part of it.

/**
 * Keeps `--page-height` at what can be seen. iOS neither shrinks the page for its keyboard nor leaves it in place: it scrolls the picture away.
 */
export function followViewport(): void {
  const { visualViewport } = window
  if (visualViewport === null) return
  const follow = (): void => {
    // Zoomed in, less is seen on purpose.
    const covered = visualViewport.scale === 1 && window.innerHeight - visualViewport.height > 80
    if (covered) {
      document.documentElement.style.setProperty('--page-height', `${visualViewport.height}px`)
      window.scrollTo(0, 0)
    } else document.documentElement.style.removeProperty('--page-height')
  }
  visualViewport.addEventListener('resize', follow)
  visualViewport.addEventListener('scroll', follow)
}
