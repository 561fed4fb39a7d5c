// Owns: a page shown small, in a frame of the width that it thinks it has.
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'

type DeviceFrameProps = {
  /** What a screen reader calls it. */
  title: string
  /** Pixels that the page thinks it has. */
  width: number
  height: number
  language: string
  scheme: 'light' | 'dark'
  /** The page's own style sheet. */
  css: string
  children: ReactNode
}

/**
 * Renders its children into a document of their own, so that media queries answer for the frame. It is for looking at: nothing in it takes
 * the pointer or the focus.
 */
export function DeviceFrame({ title, width, height, language, scheme, css, children }: DeviceFrameProps) {
  const frame = useRef<HTMLIFrameElement>(null)
  const [root, setRoot] = useState<HTMLElement>()
  const [scale, setScale] = useState(1)

  useLayoutEffect(() => {
    const page = frame.current?.contentDocument
    if (page === null || page === undefined) return
    page.documentElement.lang = language
    page.body.inert = true
    const style = page.createElement('style')
    style.textContent = css
    page.head.append(style)
    const place = page.createElement('div')
    place.id = 'root'
    page.body.append(place)
    setRoot(place)
    return () => {
      style.remove()
      place.remove()
    }
  }, [css, language])

  useLayoutEffect(() => {
    const around = frame.current?.parentElement
    if (around === null || around === undefined) return
    const fit = (): void => setScale(Math.min(1, around.clientWidth / width))
    const observer = new ResizeObserver(fit)
    observer.observe(around)
    fit()
    return () => observer.disconnect()
  }, [width])

  return (
    <div className="device" style={{ height: height * scale, maxWidth: width }}>
      <iframe
        ref={frame}
        title={title}
        tabIndex={-1}
        width={width}
        height={height}
        style={{ transform: `scale(${scale})`, colorScheme: scheme }}
      />
      {root !== undefined && createPortal(children, root)}
    </div>
  )
}
