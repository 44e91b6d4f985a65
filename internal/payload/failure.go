package payload

import (
	failurepb "go.temporal.io/api/failure/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/proto"
)

// failures converts errors as the SDK does, and takes the workflow into account, which the SDK's own converter does not.
type failures struct {
	converter.FailureConverter
	data   converter.DataConverter
	writes bool
}

// newFailures hides messages and stack traces when it writes. An error's type stays visible: it is a code of ours, by which
// Temporal decides whether to try again, and by which operators find the cause.
func newFailures(data converter.DataConverter, writes bool) *failures {
	return &failures{temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
		DataConverter: data, EncodeCommonAttributes: writes,
	}), data, writes}
}

// ErrorToFailure implements converter.FailureConverter. A worker without its key has to be able to say that a task failed: then the
// message is left out.
func (f *failures) ErrorToFailure(err error) (failure *failurepb.Failure) {
	defer func() {
		if p := recover(); p != nil {
			failure = silenced(temporal.GetDefaultFailureConverter().ErrorToFailure(err))
		}
	}()
	return f.FailureConverter.ErrorToFailure(err)
}

// silenced keeps of a failure what says nothing: its types, and whether it may heal.
func silenced(f *failurepb.Failure) *failurepb.Failure {
	if f == nil {
		return nil
	}
	f.Message, f.StackTrace, f.Cause = "Cannot be encrypted; the worker's log has the cause", "", silenced(f.GetCause())
	if a := f.GetApplicationFailureInfo(); a != nil {
		a.Details = nil
	}
	return f
}

// FailureToError implements converter.FailureConverter. The SDK's own decrypts the message in place, where for a local activity
// it goes out to Temporal afterwards.
func (f *failures) FailureToError(failure *failurepb.Failure) error {
	return f.FailureConverter.FailureToError(proto.Clone(failure).(*failurepb.Failure))
}

// WithSerializationContext implements converter.FailureConverterWithSerializationContext.
func (f *failures) WithSerializationContext(at converter.SerializationContext) converter.FailureConverter {
	return newFailures(converter.WithDataConverterSerializationContext(f.data, at), f.writes)
}
