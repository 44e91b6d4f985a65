package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"
)

// readyLimit is how long frontend, namespace and search attributes may take together.
const readyLimit = 2 * time.Minute

// searchAttributes are what operators find pipelines by; telaah's own logic never reads them.
var searchAttributes = map[string]enums.IndexedValueType{
	"CycleId":       enums.INDEXED_VALUE_TYPE_KEYWORD,
	"Stage":         enums.INDEXED_VALUE_TYPE_KEYWORD,
	"Health":        enums.INDEXED_VALUE_TYPE_KEYWORD,
	"OrgUnit":       enums.INDEXED_VALUE_TYPE_KEYWORD,
	"WaitingOn":     enums.INDEXED_VALUE_TYPE_KEYWORD,
	"StageDeadline": enums.INDEXED_VALUE_TYPE_DATETIME,
}

// prepareNamespace registers the namespace and its search attributes, also where an older version left only some of
// them, and returns when the services have taken notice.
func prepareNamespace(ctx context.Context, s settings) error {
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	temporal, err := client.NewLazyClient(client.Options{
		HostPort:  reachable(s.listen),
		Namespace: s.namespace,
		Logger:    slog.New(slog.DiscardHandler), // what fails here is returned
	})
	if err != nil {
		return fmt.Errorf("connect to the server: %w", err)
	}
	defer temporal.Close()

	if err := until(ctx, func() error {
		_, err := temporal.CheckHealth(ctx, &client.CheckHealthRequest{})
		return err
	}); err != nil {
		return fmt.Errorf("the server does not answer at %s: %w", s.listen, err)
	}
	fresh, err := registerNamespace(ctx, temporal.WorkflowService(), s)
	if err != nil {
		return fmt.Errorf("register namespace %s: %w", s.namespace, err)
	}
	added, err := registerSearchAttributes(ctx, temporal.OperatorService(), s.namespace)
	if err != nil {
		return fmt.Errorf("register the search attributes of namespace %s: %w", s.namespace, err)
	}
	if err := until(ctx, func() error {
		_, err := temporal.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Query: everyAttribute()})
		return err
	}); err != nil {
		return fmt.Errorf("the search attributes of namespace %s cannot be used: %w", s.namespace, err)
	}
	if fresh || added {
		// The question above proves it of the frontend only; the other services read the namespaces at their own beat.
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(2 * namespaceRefresh):
		}
	}
	return nil
}

// registerNamespace reports whether the namespace is new. An existing one gets the retention that is set now.
func registerNamespace(ctx context.Context, service workflowservice.WorkflowServiceClient, s settings) (bool, error) {
	retention := durationpb.New(s.retention)
	_, err := service.RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace:                        s.namespace,
		Description:                      "Performance appraisal cycles",
		WorkflowExecutionRetentionPeriod: retention,
	})
	var exists *serviceerror.NamespaceAlreadyExists
	if !errors.As(err, &exists) {
		return true, err
	}
	found, err := service.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: s.namespace})
	if err != nil || found.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration() == s.retention {
		return false, err
	}
	_, err = service.UpdateNamespace(ctx, &workflowservice.UpdateNamespaceRequest{
		Namespace: s.namespace,
		Config:    &namespace.NamespaceConfig{WorkflowExecutionRetentionTtl: retention},
	})
	return false, err
}

// registerSearchAttributes reports whether any was missing.
func registerSearchAttributes(ctx context.Context, operator operatorservice.OperatorServiceClient, namespace string) (bool, error) {
	found, err := operator.ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return false, err
	}
	missing := map[string]enums.IndexedValueType{}
	for name, kind := range searchAttributes {
		switch has, ok := found.GetCustomAttributes()[name]; {
		case !ok:
			missing[name] = kind
		case has != kind:
			return false, fmt.Errorf("%s is a %s but must be a %s: remove it with `temporal operator search-attribute remove --namespace %s --name %s` and start again",
				name, has, kind, namespace, name)
		}
	}
	if len(missing) == 0 {
		return false, nil
	}
	_, err = operator.AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: namespace, SearchAttributes: missing,
	})
	return true, err
}

// everyAttribute is a question that only a service which knows all search attributes can answer.
func everyAttribute() string {
	var terms []string
	for name := range searchAttributes {
		terms = append(terms, name+" IS NOT NULL")
	}
	slices.Sort(terms)
	return strings.Join(terms, " AND ")
}

// until repeats the attempt until it succeeds or the time is over, and then returns its last error.
func until(ctx context.Context, attempt func() error) error {
	for {
		err := attempt()
		if err == nil {
			return nil
		}
		if pause(ctx) != nil {
			return err
		}
	}
}
