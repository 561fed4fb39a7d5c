// Owns: which organization the page is about, what the reader is in it, and so what he may do there.

import { useSuspenseQuery } from '@tanstack/react-query'
import { type MeAnswer, type Permission, roleMay } from '@voila/protocol'
import { createContext, useContext } from 'react'
import { meQuery } from './queries.ts'

/** An organization of the reader's, with his role in it. */
export type OwnOrganization = MeAnswer['organizations'][number]

export const OrganizationContext = createContext<OwnOrganization | null>(null)

/** Who is signed in. For pages behind the sign-in alone. */
export function useMe(): MeAnswer {
  return useSuspenseQuery(meQuery).data
}

/** The organization that the page is about: of its address, or of the address's program. */
export function useOrganization(): OwnOrganization {
  const organization = useContext(OrganizationContext)
  if (organization === null) throw new Error('This page is about no organization.')
  return organization
}

/** Whether the reader may do this in the organization that the page is about. The server decides; this spares him the refusal. */
export function useMay(permission: Permission): boolean {
  return roleMay(useOrganization().role, permission)
}
