// Owns: the drawing of how many watched when.
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useMemo, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'

/** Unix milliseconds. */
export type CurvePoint = { readonly at: number; readonly count: number }

/** `says`: what is drawn, for those who hear it. */
type ViewerCurveProps = { points: readonly CurvePoint[]; height?: number; axes?: boolean; says?: string }

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const exactClock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' })
/** A span shorter than this has its seconds written, or several marks would read alike. */
const shortSeconds = 300
const number = new Intl.NumberFormat()
const say = ({ at, count }: CurvePoint): string => `${number.format(count)} at ${clock.format(at)}`

/** Drawn anew with each point; the pointer, or the arrow keys, read one off. */
export function ViewerCurve({ points, height = 180, axes = true, says = 'Viewers over time' }: ViewerCurveProps) {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const scheme = useComputedColorScheme('light')
  const [read, setRead] = useState<number>()
  const data = useMemo((): uPlot.AlignedData => [points.map(({ at }) => at / 1_000), points.map(({ count }) => count)], [points])
  const dataNow = useRef(data)
  dataNow.current = data

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read off the page, and so another scheme needs another drawing
  useEffect(() => {
    const element = place.current
    if (element === null) return
    const made = new uPlot(optionsOf(element, { height, axes, onRead: setRead }), dataNow.current, element)
    plot.current = made
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
      plot.current = undefined
    }
  }, [height, axes, scheme])
  useEffect(() => plot.current?.setData(data), [data])

  const last = points.at(-1)
  const peak = points.reduce<CurvePoint | undefined>(
    (most, point) => (most === undefined || point.count > most.count ? point : most),
    undefined,
  )
  const shown = read === undefined ? undefined : points[read]
  return (
    <figure className="curve">
      <div
        ref={place}
        role="img"
        aria-label={
          last === undefined || peak === undefined
            ? `${says}: nothing yet`
            : `${says}. Now ${number.format(last.count)}; at most ${say(peak)}.`
        }
      />
      {axes && <figcaption>{shown === undefined ? '\u00a0' : say(shown)}</figcaption>}
    </figure>
  )
}

type CurveLook = { height: number; axes: boolean; onRead: (index: number | undefined) => void }

function optionsOf(element: HTMLElement, { height, axes, onRead }: CurveLook): uPlot.Options {
  const style = getComputedStyle(element)
  const color = (name: string): string => style.getPropertyValue(name).trim()
  const line = color('--mantine-primary-color-filled')
  const axis: uPlot.Axis = {
    show: axes,
    stroke: color('--mantine-color-dimmed'),
    font: `12px ${style.fontFamily}`,
    grid: { stroke: color('--mantine-color-default-border'), width: 1 },
    ticks: { show: false },
  }
  return {
    width: Math.max(element.clientWidth, 1),
    height,
    padding: axes ? [8, 28, 0, 0] : [4, 0, 4, 0],
    legend: { show: false },
    cursor: { show: axes, y: false, drag: { x: false, y: false }, points: { size: 7, fill: line } },
    scales: { x: { time: true }, y: { range: (_plot, _min, max) => [0, Math.max(4, Math.ceil((max ?? 0) * 1.1))] } },
    axes: [
      { ...axis, size: 28, grid: { show: false }, values: (_plot, times) => timeMarks(times) },
      { ...axis, size: 44, values: (_plot, counts) => counts.map((count) => (Number.isInteger(count) ? number.format(count) : '')) },
    ],
    series: [{}, { stroke: line, width: 2, fill: `color-mix(in srgb, ${line} 14%, transparent)`, points: { show: false } }],
    hooks: { setCursor: [(plot) => onRead(plot.cursor.idx ?? undefined)] },
  }
}

function timeMarks(times: readonly number[]): string[] {
  const isShort = (times.at(-1) ?? 0) - (times[0] ?? 0) < shortSeconds
  return times.map((at) => (isShort ? exactClock : clock).format(at * 1_000))
}
