// Owns: where Backstage is on the server.

export const basePath = '/backstage'
