// Owns: the figures at /metrics. No name, no program and no person is in them.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

/** Figures of this platform alone: a registry of its own, so that two in one process do not meet. */
export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const requests = new Counter({
    name: 'voila_http_requests_total',
    help: 'Requests answered, by route pattern',
    labelNames: ['method', 'route', 'status'],
    registers,
  })
  const seconds = new Histogram({
    name: 'voila_http_request_seconds',
    help: 'Time to answer, by route pattern',
    labelNames: ['route'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  })
  const admissions = new Counter({ name: 'voila_admissions_total', help: 'Tokens exchanged for a session', registers })
  const refusals = new Counter({ name: 'voila_refusals_total', help: 'Refusals over HTTP, by code', labelNames: ['code'], registers })
  return {
    registry,
    /** A figure of another part, read when the page is asked for. */
    watch(figure: { name: `voila_${string}`; help: string; read(): number }): void {
      new Gauge({
        name: figure.name,
        help: figure.help,
        registers,
        collect() {
          this.set(figure.read())
        },
      })
    },
    answered(request: { method: string; route: string; status: number; seconds: number }): void {
      requests.inc({ method: request.method, route: request.route, status: request.status })
      seconds.observe({ route: request.route }, request.seconds)
    },
    admitted: (): void => admissions.inc(),
    refused: (code: string): void => refusals.inc({ code }),
    close: (): void => registry.clear(),
  }
}
