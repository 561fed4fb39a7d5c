// Owns: showing what each role may do, from the table that the server decides by.
import { Table, VisuallyHidden } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { memberRoles, permissionNames, permissions, roleMay } from '@voila/protocol'
import { Section } from '../pieces/section.tsx'
import { roleWords } from '../role-words.ts'

export function RoleTable() {
  return (
    <Section title="What the roles may do">
      <Table.ScrollContainer minWidth={620} type="native">
        <Table aria-label="What the roles may do" verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th />
              {memberRoles.map((role) => (
                <Table.Th key={role} ta="center" scope="col">
                  {roleWords[role].name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {permissionNames.map((permission) => (
              <Table.Tr key={permission}>
                <Table.Th scope="row" fw={400}>
                  {permissions[permission].says}
                </Table.Th>
                {memberRoles.map((role) => (
                  <Table.Td key={role} ta="center">
                    {roleMay(role, permission) ? <IconCheck size={16} aria-hidden /> : null}
                    <VisuallyHidden>{roleMay(role, permission) ? 'yes' : 'no'}</VisuallyHidden>
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Section>
  )
}
