// Owns: opaque bearers (`vs_` sessions, `vk_` API keys, `vl_` links to the big screen, `va_` the administration) and browser ids: how they are made, told apart and kept.
import { createHash, hash, timingSafeEqual } from 'node:crypto'
import { takeRandom } from '../ids.ts'

const secretBytes = 32

/** A new secret of 256 bits, base64url, after its prefix. */
export function newBearer(prefix: 'vs_' | 'vk_' | 'vl_' | ''): string {
  return prefix + takeRandom(secretBytes).toString('base64url')
}

const sessionShape = /^vs_[A-Za-z0-9_-]{43}$/
const apiKeyShape = /^vk_[A-Za-z0-9_-]{43}$/
const screenLinkShape = /^vl_[A-Za-z0-9_-]{43}$/
const browserShape = /^[A-Za-z0-9_-]{43}$/

export const isSessionBearer = (text: string): boolean => sessionShape.test(text)
export const isApiKey = (text: string): boolean => apiKeyShape.test(text)
export const isScreenLink = (text: string): boolean => screenLinkShape.test(text)
export const isBrowserId = (text: string): boolean => browserShape.test(text)

/** What the database keeps: SHA-256, base64url. The secrets have 256 bits, so no salt and no slow hash is needed. */
export function hashOf(bearer: string): string {
  return hash('sha256', bearer, 'base64url')
}

/** Compares in a time that tells nothing of where they differ, nor of how long the secret is. */
export function isSameSecret(given: string, secret: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(secret))
}
