// Owns: the types of hls.js' light build, which ships none: the same player without what we do not use.
declare module 'hls.js/light' {
  import Hls from 'hls.js'
  export default Hls
}
