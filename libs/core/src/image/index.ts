/** What an image of a node is made of, as pure functions. */
export {};
