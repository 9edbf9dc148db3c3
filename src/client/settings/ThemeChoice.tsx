import { Monitor, Moon, Sun } from "lucide-react"
import { Option, Schema } from "effect"
import { ToggleGroup } from "radix-ui"
import { Theme } from "./Preferences.ts"

const choices = [
  { theme: "system", label: "System", icon: Monitor },
  { theme: "light", label: "Light", icon: Sun },
  { theme: "dark", label: "Dark", icon: Moon },
] as const

interface Props {
  readonly theme: Theme
  readonly choose: (theme: Theme) => void
}

const decode = Schema.decodeUnknownOption(Theme)

export const ThemeChoice = ({ theme, choose }: Props) => (
  <ToggleGroup.Root
    className="segments"
    type="single"
    aria-label="Theme"
    value={theme}
    onValueChange={(value) => Option.map(decode(value), choose)}
  >
    {choices.map(({ theme, label, icon: Icon }) => (
      <ToggleGroup.Item key={theme} value={theme}>
        <Icon size={16} aria-hidden="true" />
        {label}
      </ToggleGroup.Item>
    ))}
  </ToggleGroup.Root>
)
