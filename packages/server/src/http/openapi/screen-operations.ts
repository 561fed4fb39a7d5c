// Owns: what the API's addresses of the big screen and of slides take and give.
import { limits, listOf, ScreenLinkAnswer, ScreenLinkMade, ScreenLinkRequest, SlideAnswer } from '@voila/protocol'
import type { OperationGroup } from './operation.ts'

const path = '/api/programs/:programId'

export const screenOperations: readonly OperationGroup[] = [
  {
    name: 'Screen',
    says: 'The big screen in the room is opened by a link of its own. What it shows is taken by commands of the activity `screen`.',
    operations: {
      [`GET ${path}/screen-links`]: { id: 'listScreenLinks', does: 'List the links to the big screen', answer: listOf(ScreenLinkAnswer) },
      [`POST ${path}/screen-links`]: {
        id: 'makeScreenLink',
        does: 'Make a link to the big screen',
        says: `Its address is told this once. At most ${limits.screenLinks} work at a time.`,
        body: ScreenLinkRequest,
        answer: ScreenLinkMade,
        status: 201,
        codes: ['screen_links_full'],
      },
      [`DELETE ${path}/screen-links/:linkId`]: {
        id: 'revokeScreenLink',
        does: 'Revoke a link to the big screen',
        says: 'Screens that it opened go dark within two seconds.',
      },
      [`POST ${path}/slides`]: {
        id: 'uploadSlide',
        does: 'Upload the picture of a slide',
        says: `The bytes themselves. Decks name it by its id. At most ${limits.slides} are kept for a program.`,
        body: { mediaTypes: ['image/png', 'image/jpeg', 'image/webp'], says: 'A picture.' },
        answer: SlideAnswer,
        status: 201,
        codes: ['image_type', 'too_large', 'slides_full'],
      },
      [`GET ${path}/slides/:imageId`]: {
        id: 'readSlide',
        does: 'Fetch the picture of a slide',
        says: 'For attendees, the team, and big screens by the secret of their link as a bearer.',
        answer: { mediaTypes: ['image/png', 'image/jpeg', 'image/webp'], says: 'The picture.' },
        codes: ['image_unknown', 'screen_link_invalid'],
      },
    },
  },
]
