/** `kubernetes.kubelet`: the configuration of kubelet, a file of YAML. */
export { planKubelet } from './plan.ts';
