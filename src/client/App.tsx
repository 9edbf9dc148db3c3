import { Compass, RotateCw, Unplug } from "lucide-react"
import { useState } from "react"
import { ask } from "./api/ask.ts"
import { type Loaded, useLoad } from "./api/useLoad.ts"
import type { SystemInfo } from "../http/api/SystemApi.ts"
import { Footnote } from "./Footnote.tsx"
import { Header } from "./Header.tsx"
import { HistoryPage } from "./history/HistoryPage.tsx"
import { Link } from "./parts/Link.tsx"
import { Say } from "./parts/Say.tsx"
import { type Route, routeOf, usePath } from "./Route.ts"
import { SettingsPanel } from "./settings/SettingsPanel.tsx"
import { TalkPage } from "./talk/TalkPage.tsx"

const systemInfo = ask((client) => client.system.info())

type Info = typeof SystemInfo.Type

const NoServer = ({ reload }: { readonly reload: () => void }) => (
  <main className="alone" id="main">
    <Say
      icon={Unplug}
      title="The server does not answer"
      urgent
      actions={
        <button className="quiet-button framed" type="button" onClick={reload}>
          <RotateCw size={18} aria-hidden="true" />
          Try again
        </button>
      }
    >
      It may be starting, or the network is down.
    </Say>
  </main>
)

const Page = ({
  route,
  info,
  reload,
}: {
  readonly route: Route
  readonly info: Loaded<Info>
  readonly reload: () => void
}) => {
  if (route._tag === "Unknown") {
    return (
      <main className="alone" id="main">
        <Say icon={Compass} title="There is nothing here" actions={<Link href="/">Talk instead</Link>}>
          The address is not one of this app’s pages.
        </Say>
      </main>
    )
  }
  if (info._tag === "Failed") return <NoServer reload={reload} />
  if (info._tag === "Loading") return <main className="alone" id="main" aria-busy="true" />
  return route._tag === "Talk" ? (
    <TalkPage info={info.value} />
  ) : (
    <HistoryPage id={route.id} assistantName={info.value.assistantName} />
  )
}

/** The whole page. */
export const App = () => {
  const route = routeOf(usePath())
  const { loaded, reload } = useLoad(systemInfo)
  const [settings, setSettings] = useState(false)
  const info = loaded._tag === "Ready" ? loaded.value : undefined
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <Header route={route} openSettings={() => setSettings(true)} />
      <Page route={route} info={loaded} reload={reload} />
      {info !== undefined && route._tag === "Talk" && <Footnote info={info} />}
      <SettingsPanel open={settings} onOpenChange={setSettings} info={info} />
    </>
  )
}
