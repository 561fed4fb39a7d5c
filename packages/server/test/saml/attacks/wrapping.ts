// Owns: attacks by the wrapping of what is signed in what is not.
import type { ErrorCode } from '@voila/protocol'
import { encrypted, newId, responseXml } from '../idp.ts'
import {
  type Attack,
  afterIssuer,
  assertionIn,
  edited,
  evil,
  evilResponse,
  honestAnswer,
  honestResponse,
  inside,
  mallory,
  signatureIn,
  signedAssertion,
  type World,
  withObject,
} from './tools.ts'

/** Where an assertion could hide, by the element around it. */
const hidingPlaces: readonly (readonly [string, (evilAssertion: string, original: string) => string])[] = [
  ['an Advice', (around, original) => edited(around, '</saml:Conditions>', `</saml:Conditions><saml:Advice>${original}</saml:Advice>`)],
  ['an AttributeValue', (around, original) => edited(around, /(?<=xs:string">)Amélie/, original)],
  [
    'SubjectConfirmationData',
    (around, original) =>
      edited(around, /(<saml:SubjectConfirmationData[^>]*)\/>/, `<saml:SubjectConfirmationData>${original}</saml:SubjectConfirmationData>`),
  ],
  ['Conditions', (around, original) => edited(around, '</saml:Conditions>', `${original}</saml:Conditions>`)],
  ['NameID', (around, original) => edited(around, mallory, `${mallory}${original}`)],
  ['an element of no namespace', (around, original) => inside(around, `<hidden xmlns="">${original}</hidden>`)],
  [
    'AuthnContextDecl',
    (around, original) =>
      edited(around, '</saml:AuthnContext>', `<saml:AuthnContextDecl>${original}</saml:AuthnContextDecl></saml:AuthnContext>`),
  ],
]

export const wrapping: readonly Attack[] = [
  ...(['another id', 'the same id'] as const).flatMap((which): Attack[] => {
    const idOf = ({ facts }: World): string => (which === 'another id' ? newId() : facts.assertionId)
    const responseIdOf = ({ facts }: World): string => (which === 'another id' ? newId() : facts.responseId)
    const around = (world: World): string => evil(world, idOf(world))
    const shift = (make: (world: World, original: string, signature: string) => string) => (world: World) => {
      const original = signedAssertion(world)
      return make(world, original, signatureIn(original))
    }
    const meets: ErrorCode[] = ['saml_malformed', 'saml_signature']
    return [
      {
        name: `XSW1: the signed response inside the signature of a forged one, with ${which}`,
        meets,
        xml: (world) => {
          const original = honestResponse(world)
          const signature = signatureIn(original)
          return afterIssuer(evilResponse(world, evil(world), responseIdOf(world)), withObject(signature, edited(original, signature, '')))
        },
      },
      {
        name: `XSW2: the signed response beside its signature in a forged one, with ${which}`,
        meets,
        xml: (world) => {
          const original = honestResponse(world)
          const signature = signatureIn(original)
          return afterIssuer(evilResponse(world, evil(world), responseIdOf(world)), `${edited(original, signature, '')}${signature}`)
        },
      },
      {
        name: `XSW3: a forged assertion before the signed one, with ${which}`,
        meets,
        xml: shift((world, original) => responseXml(world.facts, `${around(world)}${original}`)),
      },
      {
        name: `XSW3: a forged assertion after the signed one, with ${which}`,
        meets,
        xml: shift((world, original) => responseXml(world.facts, `${original}${around(world)}`)),
      },
      {
        name: `XSW4: the signed assertion inside a forged one, with ${which}`,
        meets,
        xml: shift((world, original) => responseXml(world.facts, inside(around(world), original))),
      },
      {
        name: `XSW5: the signature in a forged assertion, the signed one after it, with ${which}`,
        meets,
        xml: shift((world, original, signature) =>
          responseXml(world.facts, `${afterIssuer(around(world), signature)}${edited(original, signature, '')}`),
        ),
      },
      {
        name: `XSW6: the signed assertion inside its signature in a forged one, with ${which}`,
        meets,
        xml: shift((world, original, signature) =>
          responseXml(world.facts, afterIssuer(around(world), inside(signature, edited(original, signature, '')))),
        ),
      },
      {
        name: `XSW7: a forged assertion in Extensions, with ${which}`,
        meets,
        xml: shift((world, original) =>
          afterIssuer(responseXml(world.facts, original), `<samlp:Extensions>${around(world)}</samlp:Extensions>`),
        ),
      },
      {
        name: `XSW7: the signed assertion in Extensions, a forged one in its place, with ${which}`,
        meets,
        xml: shift((world, original) =>
          afterIssuer(responseXml(world.facts, around(world)), `<samlp:Extensions>${original}</samlp:Extensions>`),
        ),
      },
      {
        name: `XSW8: the signed assertion in an Object of its signature in a forged one, with ${which}`,
        meets,
        xml: shift((world, original, signature) =>
          responseXml(world.facts, afterIssuer(around(world), withObject(signature, edited(original, signature, '')))),
        ),
      },
      ...hidingPlaces.map(
        ([place, hide]): Attack => ({
          name: `the signed assertion in ${place} of a forged one, with ${which}`,
          meets,
          xml: shift((world, original) => responseXml(world.facts, hide(around(world), original))),
        }),
      ),
      {
        name: `the signed response in Extensions of a forged one, with ${which}`,
        meets,
        xml: (world) =>
          afterIssuer(
            evilResponse(world, evil(world), responseIdOf(world)),
            `<samlp:Extensions>${honestResponse(world)}</samlp:Extensions>`,
          ),
      },
      {
        name: `the signed response in StatusDetail of a forged one, with ${which}`,
        meets,
        xml: (world) =>
          edited(
            evilResponse(world, evil(world), responseIdOf(world)),
            '</samlp:Status>',
            `<samlp:StatusDetail>${honestResponse(world)}</samlp:StatusDetail></samlp:Status>`,
          ),
      },
      {
        name: `the signed response in an attribute of a forged one, with ${which}`,
        meets,
        xml: (world) => evilResponse(world, edited(evil(world), /(?<=xs:string">)Amélie/, honestResponse(world)), responseIdOf(world)),
      },
      {
        name: `the signed assertion in the KeyInfo of a forged one, with ${which}`,
        meets,
        xml: shift((world, original, signature) =>
          responseXml(
            world.facts,
            afterIssuer(around(world), edited(signature, '</ds:KeyInfo>', `${edited(original, signature, '')}</ds:KeyInfo>`)),
          ),
        ),
      },
    ]
  }),
  {
    name: 'a forged assertion of SAML 1.1 beside the signed one',
    meets: ['saml_malformed'],
    xml: (world) => inside(honestAnswer(world), '<Assertion xmlns="urn:oasis:names:tc:SAML:1.0:assertion" AssertionID="_a"/>'),
  },
  {
    name: 'a forged assertion, encrypted for us, beside the signed one',
    meets: ['saml_malformed'],
    xml: async (world) => inside(honestAnswer(world), await encrypted(evil(world), { certificate: world.ours.certificate })),
  },
  {
    name: 'the signed response inside an element of no meaning',
    meets: ['saml_malformed'],
    xml: (world) => `<all>${honestResponse(world)}</all>`,
  },
  {
    name: 'two responses one after the other',
    meets: ['saml_malformed'],
    xml: (world) => honestAnswer(world) + evilResponse(world, evil(world)),
  },
  {
    name: 'a forged response whose Id (not ID) is that of the signed assertion',
    meets: ['saml_malformed', 'saml_signature'],
    xml: (world) => edited(honestAnswer(world), '<samlp:Response ', `<samlp:Response Id="${world.facts.assertionId}" `),
  },
  {
    name: 'a forged assertion whose id is that of the response which is signed',
    meets: ['saml_malformed', 'saml_signature'],
    xml: (world) => {
      const original = honestResponse(world)
      return edited(original, assertionIn(original), evil(world, world.facts.responseId))
    },
  },
]
