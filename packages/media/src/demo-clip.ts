// Owns: where the demo clip is: beside the sources and beside the built files alike.

/** An FLV file of 24 s that loops without a seam: H.264, AAC, a counter and a tone. */
export const demoClip: URL = new URL('../clip/demo.flv', import.meta.url)
