// Owns: what the API's addresses about signing in with a company account take and give.
import { ConsentRequest, SamlAnswer, SamlPatch, SamlTestAnswer, SamlTestMade } from '@voila/protocol'
import type { OperationGroup } from './operation.ts'

const saml = '/api/organizations/:organizationId/saml'

export const samlOperations: readonly OperationGroup[] = [
  {
    name: 'Company sign-in',
    says: 'Signing in with a company account by SAML 2.0, where your company has an identity provider.',
    operations: {
      [`GET ${saml}`]: { id: 'getSaml', does: 'Read the company sign-in', answer: SamlAnswer, codes: ['saml_connection_unknown'] },
      [`POST ${saml}`]: {
        id: 'prepareSaml',
        does: 'Prepare the company sign-in',
        says: 'Makes addresses and a certificate of this organization, for your identity provider to know. Nobody can sign in yet.',
        answer: SamlAnswer,
        status: 201,
        codes: ['conflict'],
      },
      [`PATCH ${saml}`]: {
        id: 'updateSaml',
        does: 'Set up the company sign-in, or switch it on or off',
        body: SamlPatch,
        answer: SamlAnswer,
        codes: ['saml_connection_unknown', 'saml_metadata', 'conflict'],
      },
      [`DELETE ${saml}`]: {
        id: 'removeSaml',
        does: 'Remove the company sign-in',
        says: 'Nobody signs in by it from now on, and whoever did is out. Its certificate is gone for good.',
        codes: ['saml_connection_unknown'],
      },
      [`POST ${saml}/refresh`]: {
        id: 'refreshSamlMetadata',
        does: 'Look at the address of the metadata now',
        answer: SamlAnswer,
        codes: ['saml_connection_unknown', 'conflict'],
      },
      [`POST ${saml}/certificates`]: {
        id: 'makeNextSamlCertificate',
        does: 'Make the next certificate',
        says: 'It is shown in the metadata beside the present one, which stays in use.',
        answer: SamlAnswer,
        codes: ['saml_connection_unknown', 'conflict'],
      },
      [`POST ${saml}/certificates/activate`]: {
        id: 'useNextSamlCertificate',
        does: 'Use the next certificate',
        says: 'Once your identity provider knows it. What is still encrypted for the one before is read.',
        answer: SamlAnswer,
        codes: ['saml_connection_unknown', 'conflict'],
      },
      [`POST ${saml}/tests`]: {
        id: 'beginSamlTest',
        does: 'Begin a test sign-in',
        says: 'For a browser: it must be the one that signs in. Admits nobody, and shows what came.',
        answer: SamlTestMade,
        status: 201,
        codes: ['saml_connection_unknown', 'saml_off'],
      },
      [`GET ${saml}/tests/:testId`]: { id: 'getSamlTest', does: 'Read what came of a test sign-in', answer: SamlTestAnswer },
      'POST /api/programs/:programId/consent': {
        id: 'agreeToEnter',
        does: 'Say yes on the page that asks after signing in',
        says: 'For a browser that has just signed in with a company account.',
        body: ConsentRequest,
        codes: ['saml_browser', 'saml_off', 'origin_denied', 'program_not_open', 'program_archived'],
      },
    },
  },
]
