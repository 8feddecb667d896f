/** Builds images of nodes. */
export {};
