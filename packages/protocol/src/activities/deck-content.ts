// Owns: what a deck of slides is before and while it is shown: pictures in an order, each by the id under which the platform keeps it.
import { z } from 'zod'
import { limits } from '../limits.ts'

/** As the platform makes them: 128 bits, so that nobody guesses the next slide. */
export const SlideId = z.string().regex(/^[A-Za-z0-9_-]{22}$/, { error: 'No id of a slide.' })

export const DeckContent = z
  .strictObject({
    pages: z
      .array(z.strictObject({ imageId: SlideId }))
      .min(1)
      .max(limits.deckPages),
  })
  .describe('Slides in their order; each was uploaded before.')
export type DeckContent = z.infer<typeof DeckContent>
