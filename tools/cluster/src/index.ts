/** A cluster of virtual machines. */
export {};
