// Owns: the frame around every page of Backstage: navigation, the organization that is shown, who is signed in.
import { AppShell, Burger, Group, ScrollArea, Stack, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import {
  IconBan,
  IconBook2,
  IconBroadcast,
  IconBuildingSkyscraper,
  IconHistory,
  IconKey,
  IconSearch,
  IconSettings,
  IconTerminal2,
  IconUsers,
  type TablerIcon,
} from '@tabler/icons-react'
import { Link, useLocation } from '@tanstack/react-router'
import type { Permission } from '@voila/protocol'
import { roleMay } from '@voila/protocol'
import { type ReactNode, useEffect } from 'react'
import { AccountMenu } from './account/account-menu.tsx'
import { OrganizationContext, type OwnOrganization } from './may.ts'
import { OrganizationSwitcher } from './organization/organization-switcher.tsx'

type Place = { to: PlacePath; label: string; icon: TablerIcon; needs: Permission }
type PlacePath =
  `/o/$organizationId/${'programs' | 'keys' | 'saml' | 'inspector' | 'revocations' | 'members' | 'api-keys' | 'audit' | 'settings'}`

const live: readonly Place[] = [
  { to: '/o/$organizationId/programs', label: 'Programs', icon: IconBroadcast, needs: 'programs:read' },
  { to: '/o/$organizationId/keys', label: 'Partner keys', icon: IconKey, needs: 'keys:read' },
  { to: '/o/$organizationId/saml', label: 'Company sign-in', icon: IconBuildingSkyscraper, needs: 'keys:read' },
  { to: '/o/$organizationId/inspector', label: 'Token inspector', icon: IconSearch, needs: 'keys:read' },
  { to: '/o/$organizationId/revocations', label: 'Revocations', icon: IconBan, needs: 'keys:read' },
]
const organizationPlaces: readonly Place[] = [
  { to: '/o/$organizationId/members', label: 'Members', icon: IconUsers, needs: 'members:read' },
  { to: '/o/$organizationId/api-keys', label: 'API keys', icon: IconTerminal2, needs: 'api-keys:write' },
  { to: '/o/$organizationId/audit', label: 'Audit log', icon: IconHistory, needs: 'audit:read' },
  { to: '/o/$organizationId/settings', label: 'Settings', icon: IconSettings, needs: 'organization:read' },
]

function NavItem({ icon: Icon, label }: { icon: TablerIcon; label: string }) {
  return (
    <>
      <Icon size={18} stroke={1.7} aria-hidden />
      {label}
    </>
  )
}

function Places({ title, places, organization }: { title: string; places: readonly Place[]; organization: OwnOrganization }) {
  const { pathname } = useLocation()
  const isAtProgram = pathname.startsWith('/p/')
  const open = places.filter(({ needs }) => roleMay(organization.role, needs))
  if (open.length === 0) return null
  return (
    <Stack gap={2} component="ul" className="nav-list" aria-label={title}>
      {open.map(({ to, label, icon }) => (
        <li key={to}>
          <Link
            to={to}
            params={{ organizationId: organization.id }}
            className="nav-item"
            // A program's own pages belong to the list of programs, under another address.
            {...(isAtProgram && to.endsWith('/programs') ? { 'data-status': 'active' } : {})}
          >
            <NavItem icon={icon} label={label} />
          </Link>
        </li>
      ))}
    </Stack>
  )
}

function Navigation({ organization }: { organization: OwnOrganization | null }) {
  return (
    <>
      <AppShell.Section p="sm">
        <OrganizationSwitcher current={organization} />
      </AppShell.Section>
      <AppShell.Section grow component={ScrollArea} px="sm">
        {organization === null ? null : (
          <>
            <Places title="Live" places={live} organization={organization} />
            <Text size="xs" c="dimmed" fw={500} px="xs" mt="lg" mb={4}>
              Organization
            </Text>
            <Places title="Organization" places={organizationPlaces} organization={organization} />
          </>
        )}
      </AppShell.Section>
      <AppShell.Section p="sm" className="nav-foot">
        <a className="nav-item" href="/api/docs" target="_blank" rel="noopener">
          <NavItem icon={IconBook2} label="API documentation" />
        </a>
        <AccountMenu />
      </AppShell.Section>
    </>
  )
}

const lastOrganizationKey = 'voila.organization'

/** The organization that was shown last in this browser, of those that there are. */
export function lastOrganizationOf(organizations: readonly OwnOrganization[]): OwnOrganization | null {
  let last: string | null = null
  try {
    last = localStorage.getItem(lastOrganizationKey)
  } catch {
    // Browsers that keep nothing start with the first.
  }
  return organizations.find(({ id }) => id === last) ?? organizations[0] ?? null
}

function rememberOrganization(id: string): void {
  try {
    localStorage.setItem(lastOrganizationKey, id)
  } catch {
    // As above.
  }
}

/** The frame. `organization`: the one that the page is about, or null where it is about none. */
export function Layout({ organization, children }: { organization: OwnOrganization | null; children: ReactNode }) {
  const [opened, { toggle, close }] = useDisclosure()
  const { pathname } = useLocation()
  const organizationId = organization?.id
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu closes with each change of page
  useEffect(close, [pathname])
  useEffect(() => {
    if (organizationId !== undefined) rememberOrganization(organizationId)
  }, [organizationId])
  return (
    <AppShell
      header={{ height: { base: 52, sm: 0 } }}
      navbar={{ width: 256, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={{ base: 'md', sm: 'xl' }}
      transitionDuration={120}
    >
      <a className="skip-link" href="#content">
        To the content
      </a>
      <AppShell.Header hiddenFrom="sm">
        <Group h="100%" px="sm" gap="xs" wrap="nowrap">
          <Burger opened={opened} onClick={toggle} size="sm" aria-label={opened ? 'Close the menu' : 'Open the menu'} />
          <UnstyledButton component={Link} to="/" className="nav-brand">
            <Text fw={600} truncate>
              {organization?.name ?? 'Backstage'}
            </Text>
          </UnstyledButton>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar aria-label="Backstage" className="nav">
        <Navigation organization={organization} />
      </AppShell.Navbar>
      <AppShell.Main id="content" className="content">
        <OrganizationContext.Provider value={organization}>{children}</OrganizationContext.Provider>
      </AppShell.Main>
    </AppShell>
  )
}
