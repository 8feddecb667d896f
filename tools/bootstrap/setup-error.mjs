/** A set-up step that cannot go on, with a message that tells the user what to do. */
export class SetupError extends Error {}
