// Owns: the administration of an organization's team over HTTP: members, invitations, API keys, the audit log. Who may is in the route table.
import { ApiKeyRequest, AuditQuery, InvitationRequest, type MemberAnswer, MemberPatch, Refusal } from '@voila/protocol'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { readBody, readQuery } from '../http/body.ts'
import { sendCsv } from '../http/csv.ts'
import { readPage } from '../store/page.ts'
import type { TeamActor } from './actor.ts'
import type { ApiKeys } from './api-keys.ts'
import { type Audit, noteChange } from './audit.ts'
import type { Invitations } from './invitations.ts'
import type { Mail } from './mail.ts'
import type { Members } from './members.ts'
import type { Organizations } from './organizations.ts'

type OrganizationParams = { Params: { organizationId: string } }
type MemberParams = { Params: { organizationId: string; userId: string } }
type InvitationParams = { Params: { organizationId: string; invitationId: string } }
type ApiKeyParams = { Params: { organizationId: string; apiKeyId: string } }

const organization = '/api/organizations/:organizationId'
const auditColumns = {
  at: 'Time',
  actor: 'Who',
  actorKind: 'Kind',
  action: 'What',
  targetKind: 'Of',
  targetId: 'Id',
  target: 'Name',
  before: 'Before',
  after: 'After',
  from: 'From',
}

const memberTarget = ({ id, name }: MemberAnswer) => ({ kind: 'member', id, name })

/** Who asks; on a row of the team somebody does. */
function byOf(request: FastifyRequest): TeamActor {
  if (request.by === null) throw new Refusal('sign_in_required')
  return request.by
}

export function teamRoutes(parts: {
  organizations: Pick<Organizations, 'find'>
  members: Pick<Members, 'list' | 'show' | 'changeRole' | 'remove'>
  invitations: Pick<Invitations, 'make' | 'list' | 'withdraw'>
  apiKeys: Pick<ApiKeys, 'make' | 'list' | 'revoke'>
  audit: Pick<Audit, 'list' | 'pages'>
  mail: Mail | undefined
  log: { warn(details: object, message: string): void }
  /** Where people open the website, without a slash at the end. */
  baseUrl(): string
}): FastifyPluginAsync {
  const { organizations, members, invitations, apiKeys, audit, mail, log } = parts

  /** Whether it went out; whoever invites has the link in any case. */
  async function mailInvitation(to: { email: string; url: string; organizationName: string; invitedBy: string }): Promise<boolean> {
    if (mail === undefined) return false
    try {
      await mail.send({
        to: to.email,
        subject: `${to.organizationName} invites you to its team on Voilà`,
        text: [
          'Hello,',
          `${to.invitedBy} invites you to the team that runs the events of ${to.organizationName}. Open this link to accept:`,
          to.url,
          'It works once, within seven days. If you did not expect it, do nothing.',
        ].join('\n\n'),
      })
      return true
    } catch (error) {
      log.warn({ error }, 'an invitation was not mailed')
      return false
    }
  }

  return async (app) => {
    app.get<OrganizationParams>(`${organization}/members`, async (request) => {
      const { id } = await organizations.find(request.params.organizationId)
      return await members.list(id, readPage(request.query))
    })
    app.patch<MemberParams>(`${organization}/members/:userId`, async (request) => {
      const { role } = readBody(MemberPatch, request)
      const before = await members.show(request.params)
      await members.changeRole(request.params, { role, by: byOf(request).role })
      noteChange(request, { target: memberTarget(before), before: { role: before.role }, after: { role } })
      return { ...before, role }
    })
    app.delete<MemberParams>(`${organization}/members/:userId`, async (request, reply) => {
      const before = await members.show(request.params)
      await members.remove(request.params, { by: byOf(request).role })
      noteChange(request, { target: memberTarget(before), before: { role: before.role } })
      return reply.code(204).send()
    })

    app.post<OrganizationParams>(`${organization}/invitations`, async (request, reply) => {
      const { email, role } = readBody(InvitationRequest, request)
      const by = byOf(request)
      const { id, name: organizationName } = await organizations.find(request.params.organizationId)
      const { invitation, token } = await invitations.make(id, { email, role, by: by.role, invitedBy: by.name })
      const url = `${parts.baseUrl()}/backstage/invitation#token=${token}`
      noteChange(request, { target: { kind: 'invitation', id: invitation.id, name: invitation.email }, after: { role } })
      const mailed = await mailInvitation({ email: invitation.email, url, organizationName, invitedBy: by.name })
      return reply.code(201).send({ invitation, url, mailed })
    })
    app.get<OrganizationParams>(`${organization}/invitations`, async (request) => {
      const { id } = await organizations.find(request.params.organizationId)
      return await invitations.list(id, readPage(request.query))
    })
    app.delete<InvitationParams>(`${organization}/invitations/:invitationId`, async (request, reply) => {
      const { id, email, role } = await invitations.withdraw(request.params)
      noteChange(request, { target: { kind: 'invitation', id, name: email }, before: { role } })
      return reply.code(204).send()
    })

    app.post<OrganizationParams>(`${organization}/api-keys`, async (request, reply) => {
      const { name, scopes } = readBody(ApiKeyRequest, request)
      const made = await apiKeys.make(request.params.organizationId, { name, scopes, createdBy: byOf(request).name })
      noteChange(request, {
        target: { kind: 'api-key', id: made.apiKey.id, name },
        after: { prefix: made.apiKey.prefix, scopes: made.apiKey.scopes },
      })
      return reply.code(201).send(made)
    })
    app.get<OrganizationParams>(`${organization}/api-keys`, async (request) => {
      const { id } = await organizations.find(request.params.organizationId)
      return await apiKeys.list(id, readPage(request.query))
    })
    app.delete<ApiKeyParams>(`${organization}/api-keys/:apiKeyId`, async (request, reply) => {
      const { id, name, revokedAt } = await apiKeys.revoke(request.params)
      noteChange(request, { target: { kind: 'api-key', id, name }, before: { revokedAt: null }, after: { revokedAt } })
      return reply.code(204).send()
    })

    app.get<OrganizationParams>(`${organization}/audit`, async (request) => {
      const { id } = await organizations.find(request.params.organizationId)
      return await audit.list(id, readQuery(AuditQuery, request), readPage(request.query))
    })
    app.get<OrganizationParams>(`${organization}/audit.csv`, async (request, reply) => {
      const { id } = await organizations.find(request.params.organizationId)
      // Before the answer begins: what is wrong with it could not be said any more.
      const filter = readQuery(AuditQuery, request)
      async function* pages() {
        for await (const items of audit.pages(id, filter)) {
          yield items.map((line) => ({
            at: line.at,
            actor: line.actor.name,
            actorKind: line.actor.kind,
            action: line.action,
            targetKind: line.target.kind,
            targetId: line.target.id,
            target: line.target.name,
            before: line.before === null ? null : JSON.stringify(line.before),
            after: line.after === null ? null : JSON.stringify(line.after),
            from: line.from,
          }))
        }
      }
      return sendCsv(reply, { fileName: 'audit.csv', columns: auditColumns, pages: pages() })
    })
  }
}
