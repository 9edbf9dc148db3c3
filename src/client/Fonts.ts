import cyrillic from "@fontsource-variable/source-sans-3/files/source-sans-3-cyrillic-wght-normal.woff2" with { type: "file" }
import greek from "@fontsource-variable/source-sans-3/files/source-sans-3-greek-wght-normal.woff2" with { type: "file" }
import latinExt from "@fontsource-variable/source-sans-3/files/source-sans-3-latin-ext-wght-normal.woff2" with { type: "file" }
import vietnamese from "@fontsource-variable/source-sans-3/files/source-sans-3-vietnamese-wght-normal.woff2" with { type: "file" }

const alphabets = [
  { url: cyrillic, range: "U+0301, U+0400-045F, U+0490-0491, U+04B0-04B1, U+2116" },
  { url: greek, range: "U+0370-0377, U+037A-037F, U+0384-038A, U+038C, U+038E-03A1, U+03A3-03FF" },
  {
    url: latinExt,
    range:
      "U+0100-02BA, U+02BD-02C5, U+02C7-02CC, U+02CE-02D7, U+02DD-02FF, U+1D00-1DBF, U+1E00-1E9F, U+1EF2-1EFF, U+2020",
  },
  {
    url: vietnamese,
    range: "U+0102-0103, U+0110-0111, U+0128-0129, U+0168-0169, U+01A0-01A1, U+01AF-01B0, U+1EA0-1EF9, U+20AB",
  },
]

/**
 * Makes the alphabets beyond Latin known; a browser fetches one when a character of it is shown. From here and not from the
 * stylesheet, because Bun writes a stylesheet's fonts into it: right for Latin, which every page shows at once, 100 KB too much for these.
 */
export const loadOtherAlphabets = (): void => {
  for (const { url, range } of alphabets) {
    const face = new FontFace("Source Sans 3", `url(${url}) format("woff2")`, {
      weight: "200 900",
      unicodeRange: range,
    })
    document.fonts.add(face)
  }
}
