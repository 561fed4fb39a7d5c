// Owns: the types under which JSX knows the media-chrome elements that the player uses.
import type { HTMLAttributes, Ref } from 'react'

type MediaElement = HTMLAttributes<HTMLElement> & { ref?: Ref<HTMLElement>; class?: string; [attribute: `media${string}`]: unknown }

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'media-controller': MediaElement & {
        defaultstreamtype?: 'live'
        nohotkeys?: boolean
        nomutedpref?: boolean
        noautoseektolive?: boolean
        liveedgeoffset?: number
        seektoliveoffset?: number
        autohide?: number
        lang?: string
      }
      'media-control-bar': MediaElement
      'media-play-button': MediaElement & { notooltip?: boolean }
      'media-mute-button': MediaElement & { notooltip?: boolean }
      'media-volume-range': MediaElement
      'media-live-button': MediaElement
      'media-pip-button': MediaElement & { notooltip?: boolean }
      'media-fullscreen-button': MediaElement & { notooltip?: boolean }
      'media-loading-indicator': MediaElement
    }
  }
}
