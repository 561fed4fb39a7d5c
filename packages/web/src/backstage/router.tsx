// Owns: the addresses of Backstage, below /backstage, and what each shows. Every page is a chunk of its own.
import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router'
import { isRefusal } from './api.ts'
import { basePath } from './base-path.ts'
import { NothingAtAll, OrganizationFrame, OwnFrame, PageError, ProgramError, ProgramPages, ProgramScreen } from './frames.tsx'
import { lastOrganizationOf } from './layout.tsx'
import { meQuery, programQuery } from './queries.ts'

const rootRoute = createRootRouteWithContext<{ queryClient: QueryClient }>()({ component: Outlet, notFoundComponent: NothingAtAll })

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
/** `next`: where the person wanted to go. Only addresses of Backstage's own: others could be anybody's. */
const readNext = ({ next }: Record<string, unknown>): { next?: string } => {
  const path = text(next)
  return path !== undefined && /^\/(?![/\\])/.test(path) ? { next: path } : {}
}

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: readNext,
  component: lazyRouteComponent(() => import('./sign-in/sign-in-page.tsx'), 'SignInPage'),
})
const twoFactorRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/two-factor',
  validateSearch: readNext,
  component: lazyRouteComponent(() => import('./sign-in/two-factor-page.tsx'), 'TwoFactorPage'),
})
const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/setup',
  component: lazyRouteComponent(() => import('./sign-in/setup-page.tsx'), 'SetupPage'),
})
const invitationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/invitation',
  component: lazyRouteComponent(() => import('./sign-in/invitation-page.tsx'), 'InvitationPage'),
})
const enterRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/enter',
  component: lazyRouteComponent(() => import('./sign-in/enter-page.tsx'), 'EnterPage'),
})
const resetPasswordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/reset-password',
  component: lazyRouteComponent(() => import('./sign-in/reset-password-page.tsx'), 'ResetPasswordPage'),
})

/** Everything behind the sign-in. */
const teamRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'team',
  async beforeLoad({ context, location }) {
    try {
      await context.queryClient.ensureQueryData(meQuery)
    } catch (error) {
      if (isRefusal(error, 'sign_in_required')) throw redirect({ to: '/sign-in', search: { next: location.href } })
      throw error
    }
  },
  component: Outlet,
})

const ownRoute = createRoute({ getParentRoute: () => teamRoute, id: 'own', component: OwnFrame })
const accountRoute = createRoute({
  getParentRoute: () => ownRoute,
  path: '/account',
  component: lazyRouteComponent(() => import('./account/account-page.tsx'), 'AccountPage'),
})
const homeRoute = createRoute({
  getParentRoute: () => ownRoute,
  path: '/',
  async beforeLoad({ context }) {
    const { organizations } = await context.queryClient.ensureQueryData(meQuery)
    const organization = lastOrganizationOf(organizations)
    if (organization !== null) throw redirect({ to: '/o/$organizationId/programs', params: { organizationId: organization.id } })
  },
  component: lazyRouteComponent(() => import('./organization/no-organization-page.tsx'), 'NoOrganizationPage'),
})

const organizationRoute = createRoute({ getParentRoute: () => teamRoute, path: '/o/$organizationId', component: OrganizationFrame })
const programsRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: '/programs',
  validateSearch: ({ search, state }: Record<string, unknown>): { search?: string; state?: string } => ({
    ...(text(search) === undefined ? {} : { search: text(search) as string }),
    ...(text(state) === undefined ? {} : { state: text(state) as string }),
  }),
  component: lazyRouteComponent(() => import('./programs/programs-page.tsx'), 'ProgramsPage'),
})
const keysRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: '/keys',
  component: lazyRouteComponent(() => import('./keys/keys-page.tsx'), 'KeysPage'),
})
const newKeyRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: '/keys/new',
  component: lazyRouteComponent(() => import('./keys/new-key-page.tsx'), 'NewKeyPage'),
})
const keyRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: '/keys/$kid',
  component: lazyRouteComponent(() => import('./keys/key-page.tsx'), 'KeyPage'),
})
const inspectorRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: '/inspector',
  component: lazyRouteComponent(() => import('./inspector/inspector-page.tsx'), 'InspectorPage'),
})
/** `test`: the test sign-in that somebody comes back from. */
const samlRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: '/saml',
  validateSearch: ({ test }: Record<string, unknown>): { test?: string } =>
    text(test) === undefined ? {} : { test: text(test) as string },
  component: lazyRouteComponent(() => import('./saml/saml-page.tsx'), 'SamlPage'),
})
const revocationsRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: '/revocations',
  component: lazyRouteComponent(() => import('./revocations/revocations-page.tsx'), 'RevocationsPage'),
})
const membersRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: '/members',
  component: lazyRouteComponent(() => import('./organization/members-page.tsx'), 'MembersPage'),
})
const apiKeysRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: '/api-keys',
  component: lazyRouteComponent(() => import('./organization/api-keys-page.tsx'), 'ApiKeysPage'),
})
const auditRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: '/audit',
  validateSearch: ({ actor, action, target }: Record<string, unknown>): { actor?: string; action?: string; target?: string } => ({
    ...(text(actor) === undefined ? {} : { actor: text(actor) as string }),
    ...(text(action) === undefined ? {} : { action: text(action) as string }),
    ...(text(target) === undefined ? {} : { target: text(target) as string }),
  }),
  component: lazyRouteComponent(() => import('./organization/audit-page.tsx'), 'AuditPage'),
})
const settingsRoute = createRoute({
  getParentRoute: () => organizationRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('./organization/settings-page.tsx'), 'SettingsPage'),
})

const programRoute = createRoute({
  getParentRoute: () => teamRoute,
  path: '/p/$programId',
  loader: ({ context, params }) => context.queryClient.ensureQueryData(programQuery(params.programId)),
  component: ProgramPages,
  errorComponent: ProgramError,
})
/** The head of a program with its tabs; the tab is its outlet. */
const programTabsRoute = createRoute({
  getParentRoute: () => programRoute,
  id: 'tabs',
  component: lazyRouteComponent(() => import('./programs/program-frame.tsx'), 'ProgramFrame'),
})
const programHomeRoute = createRoute({
  getParentRoute: () => programRoute,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/p/$programId/page', params, replace: true })
  },
})
const pageTabRoute = createRoute({
  getParentRoute: () => programTabsRoute,
  path: '/page',
  component: lazyRouteComponent(() => import('./programs/page-tab.tsx'), 'PageTab'),
})
const accessTabRoute = createRoute({
  getParentRoute: () => programTabsRoute,
  path: '/access',
  component: lazyRouteComponent(() => import('./programs/access-tab.tsx'), 'AccessTab'),
})
const streamTabRoute = createRoute({
  getParentRoute: () => programTabsRoute,
  path: '/stream',
  component: lazyRouteComponent(() => import('./programs/stream-tab.tsx'), 'StreamTab'),
})
const activitiesTabRoute = createRoute({
  getParentRoute: () => programTabsRoute,
  path: '/activities',
  component: lazyRouteComponent(() => import('./activities/activities-tab.tsx'), 'ActivitiesTab'),
})
const prepareTabRoute = createRoute({
  getParentRoute: () => programTabsRoute,
  path: '/prepare',
  component: lazyRouteComponent(() => import('./activities/prepare-tab.tsx'), 'PrepareTab'),
})
const shareTabRoute = createRoute({
  getParentRoute: () => programTabsRoute,
  path: '/share',
  component: lazyRouteComponent(() => import('./programs/share-tab.tsx'), 'ShareTab'),
})
const audienceTabRoute = createRoute({
  getParentRoute: () => programTabsRoute,
  path: '/audience',
  component: lazyRouteComponent(() => import('./programs/audience-tab.tsx'), 'AudienceTab'),
})

const resultsTabRoute = createRoute({
  getParentRoute: () => programTabsRoute,
  path: '/results',
  component: lazyRouteComponent(() => import('./programs/results-tab.tsx'), 'ResultsTab'),
})

/** All of the screen, without the navigation. */
const programScreenRoute = createRoute({
  getParentRoute: () => teamRoute,
  path: '/p/$programId/control-room',
  loader: ({ context, params }) => context.queryClient.ensureQueryData(programQuery(params.programId)),
  component: ProgramScreen,
  errorComponent: ProgramError,
})
const controlRoomRoute = createRoute({
  getParentRoute: () => programScreenRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./control-room/control-room.tsx'), 'ControlRoom'),
})

const routeTree = rootRoute.addChildren([
  signInRoute,
  twoFactorRoute,
  setupRoute,
  invitationRoute,
  enterRoute,
  resetPasswordRoute,
  teamRoute.addChildren([
    ownRoute.addChildren([homeRoute, accountRoute]),
    organizationRoute.addChildren([
      programsRoute,
      keysRoute,
      newKeyRoute,
      keyRoute,
      samlRoute,
      inspectorRoute,
      revocationsRoute,
      membersRoute,
      apiKeysRoute,
      auditRoute,
      settingsRoute,
    ]),
    programRoute.addChildren([
      programHomeRoute,
      programTabsRoute.addChildren([
        pageTabRoute,
        accessTabRoute,
        streamTabRoute,
        activitiesTabRoute,
        prepareTabRoute,
        shareTabRoute,
        audienceTabRoute,
        resultsTabRoute,
      ]),
    ]),
    programScreenRoute.addChildren([controlRoomRoute]),
  ]),
])

export function createBackstageRouter({ queryClient }: { queryClient: QueryClient }) {
  return createRouter({
    routeTree,
    basepath: basePath,
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: PageError,
    defaultNotFoundComponent: NothingAtAll,
    scrollRestoration: true,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createBackstageRouter>
  }
}
