// Owns: how this browser can play the picture.

/** hls: Media Source (or Managed Media Source); native: the browser's own HLS; none: no H.264 either way. */
export type Support = 'hls' | 'native' | 'none'

type SourceType = { isTypeSupported(type: string): boolean }

/** Decides by asking for H.264 and AAC in MP4. */
export function supportOf(
  scope: { MediaSource?: SourceType; ManagedMediaSource?: SourceType },
  video: Pick<HTMLVideoElement, 'canPlayType'>,
): Support {
  const source = scope.MediaSource ?? scope.ManagedMediaSource
  if (source?.isTypeSupported('video/mp4; codecs="avc1.42E01E,mp4a.40.2"')) return 'hls'
  return video.canPlayType('application/vnd.apple.mpegurl') === '' ? 'none' : 'native'
}
