// Owns: the public surface of @voila/tokens.
export {}
