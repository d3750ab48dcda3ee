import { Alert, List } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/components/Icon';
import { CHECKS } from '@/features/upstreams/checks';
import type { Probe } from '@/lib/probe';

/** What a probe found: whether the server is fit, then each check with what to do if not. */
export function Findings({ probe, ofChange = false }: { probe: Probe; ofChange?: boolean }) {
  const { t } = useTranslation();
  const verdict = probe.fit ? 'fit' : 'unfit';
  return (
    <Alert
      role={probe.fit ? 'status' : 'alert'}
      color={probe.fit ? 'teal' : 'red'}
      icon={<Icon name={probe.fit ? 'check' : 'warning'} />}
      title={t(`probe.${verdict}`)}
    >
      {ofChange && t(`probe.${verdict}.dry`)}
      <List size="sm" mt={6} listStyleType="none" withPadding={false}>
        {probe.findings.map(({ check, model, passed, detail }) => {
          const known = CHECKS.find((name) => name === check);
          return (
            <List.Item
              key={`${check} ${model ?? ''}`}
              icon={<Icon name={passed ? 'check' : 'cross'} size={15} />}
            >
              <strong>
                {t(passed ? 'probe.passed' : 'probe.failed', {
                  check: known ? t(`probe.check.${known}`) : check,
                })}
              </strong>
              {model !== null && <span className="mono"> {model}</span>}
              {`: ${detail}`}
              {!passed && known && <div>{t(`probe.todo.${known}`)}</div>}
            </List.Item>
          );
        })}
      </List>
    </Alert>
  );
}
