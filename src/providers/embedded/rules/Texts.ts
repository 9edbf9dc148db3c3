export const greeting = "Hello! I am Parley's built-in rules engine. Ask me for the time, a sum, a timer or a joke."

export const identity =
  "I am the rules engine that is built into Parley, not a language model. I match what you say against a few dozen rules, so I only know a handful of things. Connect a real model, and it will talk to you instead."

export const help =
  "I can tell you the time and the date anywhere, calculate, set timers, spell words, count, tell a joke or a story, and repeat what was said. I am only a set of rules, so for anything else, connect a language model."

export const about =
  "I am the part of Parley that answers when no language model is connected. Your voice goes through a recogniser that runs on this very machine, and nothing of it leaves the machine. What you said then reaches me, and I look for a rule that fits. My answer is turned into speech sentence by sentence, so you hear its beginning before its end is ready. You can interrupt me at any time by simply speaking. That is what this long answer is good for, so go ahead and try."

export const noInternet = "I cannot look that up. I am only a set of rules, without a connection to the outside."

export const noRule =
  "I have no rule for that. I am not a language model. Try asking for the time, a sum, a timer, a joke or a story."

export const jokes: ReadonlyArray<string> = [
  "Why did the developer go broke? Because he used up all his cache.",
  "I would tell you a joke about UDP, but you might not get it.",
  "Why do programmers mix up Halloween and Christmas? Because Oct 31 is Dec 25.",
  "What is a computer's favourite snack? Microchips.",
  "There are only 10 kinds of people: those who understand binary, and those who do not.",
  "Why was the robot so tired? It had a hard drive.",
]

export const stories: ReadonlyArray<string> = [
  "Once there was a lighthouse keeper who talked to the ships. Every night she lit the lamp and said good evening to each of them, though none could hear her. One winter the lamp broke, and the fog came in thick as wool. So she stood on the rocks and called out through a paper horn, all night long. In the morning a little boat came by, and its captain said that he had steered by her voice. From then on the ships answered, and the evenings were never quiet again.",
  "A fox once found a clock in the forest. It ticked, and the fox thought that there must be a beetle inside. He waited a whole day for the beetle to come out. In the evening an owl told him that it was only time, passing by. The fox thought about that for a while. Then he carried the clock home, so that time would pass at his place, too.",
  "There was a village where everybody spoke at once. Nobody knew what anyone had said, and the baker made shoes for a week. One day a stranger came and held up her hand. She said one short sentence, and then she waited. It was so surprising that the whole village fell silent and listened. They have taken turns ever since, and the bread is good again.",
]
