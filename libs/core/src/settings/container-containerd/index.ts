/** `container.containerd`: the configuration of containerd, a file of TOML. */
export { planContainerd } from './plan.ts';
