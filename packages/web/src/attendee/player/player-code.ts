// Owns: the part of the page that only a picture needs, in a chunk of its own.
import 'media-chrome/media-controller'
import 'media-chrome/media-control-bar'
import 'media-chrome/media-play-button'
import 'media-chrome/media-mute-button'
import 'media-chrome/media-volume-range'
import 'media-chrome/media-live-button'
import 'media-chrome/media-pip-button'
import 'media-chrome/media-fullscreen-button'

export { default as Hls } from 'hls.js/light'
export { playHls, playNative } from './playback.ts'
