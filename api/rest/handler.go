package rest

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// handler is a handler that leaves its error to be answered in one place.
func handler(do func(c *gin.Context, ctx context.Context, actor appraisal.Actor) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		ctx := c.Request.Context()
		if err := do(c, ctx, session.Actor(ctx)); err != nil {
			Fault(c, err)
		}
	}
}

// readTheOne answers with what there is only one of for the actor.
func readTheOne[Out any](do func(context.Context, appraisal.Actor) (Out, error)) gin.HandlerFunc {
	return handler(func(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
		out, err := do(ctx, actor)
		if err != nil {
			return err
		}
		answer(c, http.StatusOK, out)
		return nil
	})
}

// readAll answers with a whole list.
func readAll[Out any](do func(context.Context, appraisal.Actor) ([]Out, error)) gin.HandlerFunc {
	return readTheOne(func(ctx context.Context, actor appraisal.Actor) (list[Out], error) {
		items, err := do(ctx, actor)
		return list[Out]{items}, err
	})
}

// read answers with the subject that the path names.
func read[ID ~string, Out any](param string, do func(context.Context, appraisal.Actor, ID) (Out, error)) gin.HandlerFunc {
	return handler(func(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
		id, err := pathID[ID](c, param)
		if err != nil {
			return err
		}
		out, err := do(ctx, actor, id)
		if err != nil {
			return err
		}
		answer(c, http.StatusOK, out)
		return nil
	})
}

// readAllOf answers with a whole list of things of the subject that the path names.
func readAllOf[ID ~string, Out any](param string, do func(context.Context, appraisal.Actor, ID) ([]Out, error)) gin.HandlerFunc {
	return read(param, func(ctx context.Context, actor appraisal.Actor, id ID) (list[Out], error) {
		items, err := do(ctx, actor, id)
		return list[Out]{items}, err
	})
}

// act carries out an act on the subject that the path names, with what the body says.
func act[ID ~string, In, Out any](
	param string, need body, do func(context.Context, appraisal.Actor, service.Call, ID, In) (Out, error),
) gin.HandlerFunc {
	return handler(func(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
		id, err := pathID[ID](c, param)
		if err != nil {
			return err
		}
		how, err := call(c)
		if err != nil {
			return err
		}
		var in In
		if err := decode(c, &in, need); err != nil {
			return err
		}
		out, err := do(ctx, actor, how, id, in)
		if err != nil {
			return err
		}
		answer(c, http.StatusOK, out)
		return nil
	})
}

// actAnew carries out an act that has no subject yet, with what the body says.
func actAnew[In, Out any](do func(context.Context, appraisal.Actor, service.Call, In) (Out, error)) gin.HandlerFunc {
	return handler(func(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
		how, err := call(c)
		if err != nil {
			return err
		}
		var in In
		if err := decode(c, &in, bodyRequired); err != nil {
			return err
		}
		out, err := do(ctx, actor, how, in)
		if err != nil {
			return err
		}
		answer(c, http.StatusOK, out)
		return nil
	})
}

// actPlain carries out an act that needs no words: its body is empty, or an object without fields.
func actPlain[ID ~string, Out any](
	param string, do func(context.Context, appraisal.Actor, service.Call, ID) (Out, error),
) gin.HandlerFunc {
	return act(param, bodyOptional,
		func(ctx context.Context, actor appraisal.Actor, how service.Call, id ID, _ struct{}) (Out, error) {
			return do(ctx, actor, how, id)
		})
}
