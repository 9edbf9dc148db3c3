/**
 * The code of a worklet as one minified script, made while the page is bundled: a macro, so nothing of it runs in a browser.
 * A worklet module has to be one file of its own, and Bun's page bundler makes no second entry. A build inside a macro
 * would wait for the bundler that waits for it, hence the process.
 */
export const bundleWorklet = (file: string): string => {
  const built = Bun.spawnSync([
    process.execPath,
    "build",
    `${import.meta.dir}/${file}`,
    "--target=browser",
    "--format=iife",
    "--minify",
  ])
  if (!built.success) throw new Error(`the audio worklet ${file} does not build: ${built.stderr.toString()}`)
  return built.stdout.toString()
}
