// Owns: making a folder that only its owner reads.
import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder (mode 0700) and what is missing above it.
 *
 * Not `mkdirSync(…, { recursive: true })`: that never returns below a folder that reports ENOENT for everything, such as /proc.
 *
 * @throws the system's error
 */
export function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return
  const parent = dirname(path)
  if (parent !== path) makeFolder(parent)
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Two processes that start at once both make it.
    if ((error as { code?: string }).code !== 'EEXIST' || !statSync(path).isDirectory()) throw error
  }
}
