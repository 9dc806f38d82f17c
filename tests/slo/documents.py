"""Documents as people write them for other products."""

OPENSLO = """\
apiVersion: openslo/v1
kind: SLI
metadata:
  name: shop-requests
  displayName: Requests of the shop
spec:
  ratioMetric:
    counter: true
    good:
      metricSource:
        metricSourceRef: prometheus
        spec:
          query: sum(rate(http_requests_total{job="shop",code!~"5.."}[{{.window}}]))
    total:
      metricSource:
        type: Prometheus
        spec:
          query: sum(rate(http_requests_total{job="shop"}[{{.window}}]))
---
apiVersion: openslo/v1
kind: DataSource
metadata:
  name: prometheus
spec:
  type: Prometheus
---
apiVersion: openslo/v1
kind: SLO
metadata:
  name: shop-requests
  displayName: The shop answers
spec:
  service: shop
  indicatorRef: shop-requests
  timeWindow:
    - duration: 30d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - targetPercent: 99.95
  alertPolicies:
    - kind: AlertPolicy
      metadata:
        name: page
      spec:
        alertWhenBreaching: true
        conditions:
          - kind: AlertCondition
            metadata:
              name: fast
            spec:
              severity: page
              condition:
                kind: burnrate
                op: gt
                threshold: 14.4
                lookbackWindow: 1h
                alertAfter: 5m
        notificationTargets:
          - targetRef: on-call
"""

SLOTH = """\
version: prometheus/v1
service: shop
slos:
  - name: requests
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(http_requests_total{job="shop",code=~"(5..|429)"}[{{.window}}]))
        total_query: sum(rate(http_requests_total{job="shop"}[{{.window}}]))
    alerting:
      name: ShopErrors
  - name: latency
    objective: 99
    sli:
      events:
        error_query: |
          (
            sum(rate(h_count[{{.window}}]))
            -
            sum(rate(h_bucket{le="0.4"}[{{.window}}]))
          )
        total_query: sum(rate(h_count[{{.window}}]))
    alerting:
      page_alert:
        disable: true
"""

PYRRA = """\
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata:
  name: shop-errors
spec:
  target: '99.9'
  window: 4w
  indicator:
    ratio:
      errors:
        metric: http_requests_total{job="shop",code=~"5.."}
      total:
        metric: http_requests_total{job="shop"}
"""
