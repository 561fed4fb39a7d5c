// Owns: the page of the token inspector and its three tabs.
import { Tabs } from '@mantine/core'
import { useState } from 'react'
import { PageHead } from '../pieces/page-head.tsx'
import { InspectTab } from './inspect-tab.tsx'
import { RefusedTab } from './refused-tab.tsx'
import { TestTokenTab } from './test-token-tab.tsx'

export function InspectorPage() {
  const [tab, setTab] = useState<string | null>('inspect')
  const [token, setToken] = useState('')
  const [programId, setProgramId] = useState<string>()
  const choice = { programId, onProgram: setProgramId }
  return (
    <>
      <PageHead title="Token inspector" says="Find out why a token is refused, before or after somebody was." />
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List mb="lg" className="tabs-in-line">
          <Tabs.Tab value="inspect">Inspect a token</Tabs.Tab>
          <Tabs.Tab value="make">Make a test token</Tabs.Tab>
          <Tabs.Tab value="refused">Refused lately</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="inspect">
          <InspectTab token={token} onToken={setToken} {...choice} />
        </Tabs.Panel>
        <Tabs.Panel value="make">
          <TestTokenTab
            {...choice}
            onInspect={(made) => {
              setToken(made)
              setTab('inspect')
            }}
          />
        </Tabs.Panel>
        <Tabs.Panel value="refused">
          <RefusedTab {...choice} />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}
