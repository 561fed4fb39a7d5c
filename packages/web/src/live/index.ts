// Owns: the public surface of the live client. It is free of React and runs in Node too.

export { admit, enterByBrowser } from './admission.ts'
export { createAlarm } from './alarm.ts'
export { createLiveClient, type LiveClient, type LiveOptions } from './client.ts'
export { isTerminal } from './closing.ts'
export { browserConnectivity, type Connectivity } from './connectivity.ts'
export { ProblemRefusal, readProblem } from './http.ts'
export type { MediaAccessKeeper } from './media-access.ts'
export type { LiveState } from './state.ts'
