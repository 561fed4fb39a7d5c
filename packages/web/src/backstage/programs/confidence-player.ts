// Owns: the code that only a picture needs, in a chunk of its own.

export { default as Hls } from 'hls.js/light'
export { playHls, playNative } from '../../attendee/player/playback.ts'
