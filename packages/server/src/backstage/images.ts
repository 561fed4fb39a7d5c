// Owns: covers, logos and slides: which pictures are taken, where they are kept, and how one is found again by its address.
import { randomBytes } from 'node:crypto'
import { type ImageKind, limits, Refusal } from '@voila/protocol'
import type { Transaction } from 'kysely'
import type { ProgramRow, Schema } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { readImageHeader } from './image-header.ts'

export type NewImage = { readonly type: string; readonly bytes: Buffer }
export type Images = ReturnType<typeof createImages>

/** 128 bits: an address that nobody guesses, since whoever has it is served. */
const newImageId = (): string => randomBytes(16).toString('base64url')
const idShape = /^[A-Za-z0-9_-]{22}$/

/** A slide never changes under its id; it is for whoever was let in, so nobody between keeps it. */
export const slideCacheControl = 'private, max-age=31536000, immutable'

/** Of what this node has served lately: everybody who opens a waiting page asks for its cover within the same minute. */
const cachedBytes = 32 * 1024 * 1024

/** A picture that pages may show. What it says it is counts for nothing. @throws Refusal image_type */
export function imageIn(body: unknown): NewImage {
  const header = Buffer.isBuffer(body) ? readImageHeader(body) : undefined
  if (header === undefined) throw new Refusal('image_type')
  if (header.width > limits.imagePixels || header.height > limits.imagePixels) {
    throw new Refusal('image_type', {
      detail: `It has ${header.width} × ${header.height} pixels; ${limits.imagePixels} each way are the most.`,
    })
  }
  return { type: header.type, bytes: body as Buffer }
}

/** Writes a picture and answers its id. */
export async function insertImage(
  tx: Transaction<Schema>,
  { programId, kind, image, at }: { programId: string; kind: ImageKind | 'slide'; image: NewImage; at: number },
): Promise<string> {
  const id = newImageId()
  // As text, which both databases keep the same way.
  const row = { id, program_id: programId, kind, type: image.type, content: image.bytes.toString('base64'), created_at: at }
  await tx.insertInto('images').values(row).execute()
  return id
}

/** Gives a program copies of another's pictures, and answers it with them: each is deleted with its own program. */
export async function copyImages(
  tx: Transaction<Schema>,
  { from, to, at }: { from: ProgramRow; to: ProgramRow; at: number },
): Promise<ProgramRow> {
  let copied = to
  for (const column of ['cover_id', 'logo_id'] as const) {
    if (from[column] === null) continue
    const id = newImageId()
    await tx
      .insertInto('images')
      .columns(['id', 'program_id', 'kind', 'type', 'content', 'created_at'])
      .expression((eb) =>
        eb
          .selectFrom('images')
          .select((each) => [
            each.val(id).as('id'),
            each.val(to.id).as('program_id'),
            'kind',
            'type',
            'content',
            each.val(at).as('created_at'),
          ])
          .where('id', '=', from[column]),
      )
      .execute()
    copied = { ...copied, [column]: id }
  }
  if (copied === to) return to
  await tx.updateTable('programs').set({ cover_id: copied.cover_id, logo_id: copied.logo_id }).where('id', '=', to.id).execute()
  return copied
}

/** Gives a program copies of slides of another; answers the new id of each. Those that are not its slides are left out. */
export async function copySlides(
  tx: Transaction<Schema>,
  { from, to, ids, at }: { from: string; to: string; ids: readonly string[]; at: number },
): Promise<ReadonlyMap<string, string>> {
  const copies = new Map<string, string>()
  for (const id of new Set(ids)) {
    const slide = tx.selectFrom('images').select(['type', 'content']).where('id', '=', id).where('program_id', '=', from)
    const row = await slide.where('kind', '=', 'slide').executeTakeFirst()
    if (row === undefined) continue
    const copy = { id: newImageId(), program_id: to, kind: 'slide' as const, ...row, created_at: at }
    await tx.insertInto('images').values(copy).execute()
    copies.set(id, copy.id)
  }
  return copies
}

export function createImages({ store }: { store: Pick<Store, 'db'> }) {
  type Held = NewImage & { readonly slideOf?: string }
  const cache = new Map<string, Held>()
  const asked = new Map<string, Promise<Held>>()
  let bytesHeld = 0

  function remember(id: string, image: Held): void {
    cache.set(id, image)
    bytesHeld += image.bytes.length
    for (const [oldest, { bytes }] of cache) {
      if (bytesHeld <= cachedBytes) return
      cache.delete(oldest)
      bytesHeld -= bytes.length
    }
  }

  async function load(id: string): Promise<Held> {
    const row = await store.db
      .selectFrom('images')
      .select(['type', 'content', 'kind', 'program_id'])
      .where('id', '=', id)
      .executeTakeFirst()
    if (row === undefined) throw new Refusal('image_unknown')
    const slide = row.kind === 'slide' ? { slideOf: row.program_id } : {}
    const image = { type: row.type, bytes: Buffer.from(row.content, 'base64'), ...slide }
    remember(id, image)
    return image
  }

  /** What is in memory, as the one that was asked for last. */
  function recall(id: string): Held | undefined {
    const known = cache.get(id)
    if (known === undefined) return undefined
    cache.delete(id)
    cache.set(id, known)
    return known
  }

  async function held(id: string): Promise<Held> {
    if (!idShape.test(id)) throw new Refusal('image_unknown')
    const known = recall(id)
    if (known !== undefined) return known
    const running = asked.get(id) ?? load(id).finally(() => asked.delete(id))
    asked.set(id, running)
    return await running
  }

  return {
    /**
     * A picture that everybody may see, by its id. One that was taken away may be served from memory for a while yet, as it is by every
     * browser that has it.
     *
     * @throws Refusal image_unknown, also for a slide
     */
    async find(id: string): Promise<NewImage> {
      const image = await held(id)
      if (image.slideOf !== undefined) throw new Refusal('image_unknown')
      return image
    },

    /** A slide of this program that is in memory. */
    heldSlide(id: string, programId: string): NewImage | undefined {
      const image = recall(id)
      return image?.slideOf === programId ? image : undefined
    },

    /** A slide of this program. @throws Refusal image_unknown */
    async findSlide(id: string, programId: string): Promise<NewImage> {
      const image = await held(id)
      if (image.slideOf !== programId) throw new Refusal('image_unknown')
      return image
    },
  }
}
